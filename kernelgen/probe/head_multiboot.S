/* Multiboot 0.6.96: EAX = magic number, EBX = the information; flat 32-bit. */
#include "kernelgen/probe/head32.h"
#include "loader/abi/multiboot.h"

#define FLAGS (MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY_INFO | \
	       MULTIBOOT_VIDEO_MODE)

	.section .header, "a"
	.balign	4
	.long	MULTIBOOT_HEADER_MAGIC, FLAGS
	.long	-(MULTIBOOT_HEADER_MAGIC + FLAGS)
	.long	0, 0, 0, 0, 0			/* no addresses */
	.long	0, 1024, 768, 32		/* a picture of this size */

	.section .head32, "ax"
	.code32
	.globl	_start
_start:
	movl	%eax, %ecx
	FROM_TOLD

	.section .note.GNU-stack, "", @progbits
