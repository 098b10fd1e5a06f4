/* Multiboot 0.6.96: EAX = magic number, EBX = the information; flat 32-bit. */
#include "kernelgen/probe/head32.h"
#include "loader/abi/multiboot.h"

#define FLAGS (MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY_INFO)

	.section .header, "a"
	.balign	4
	.long	MULTIBOOT_HEADER_MAGIC, FLAGS
	.long	-(MULTIBOOT_HEADER_MAGIC + FLAGS)

	.section .head32, "ax"
	.code32
	.globl	_start
_start:
	movl	%eax, %ecx
	FROM_TOLD

	.section .note.GNU-stack, "", @progbits
