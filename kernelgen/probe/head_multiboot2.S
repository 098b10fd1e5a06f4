/*
 * Multiboot 2.0 with boot services on (3.5): RAX = magic number, RBX = the
 * information, the firmware's stack and page tables.  The 32-bit entry is
 * never used: who cannot do that must refuse us.
 */
#include "loader/abi/multiboot2.h"

#define LENGTH (header_end - header)

	.section .header, "a"
	.balign	MULTIBOOT2_ALIGN
header:	.long	MULTIBOOT2_HEADER_MAGIC, 0, LENGTH
	.long	-(MULTIBOOT2_HEADER_MAGIC + LENGTH)
	.short	7, 0			/* EFI boot services */
	.long	8
	.short	9, 0			/* entry for EFI amd64 */
	.long	12, _start, 0
	.short	5, 1			/* a picture, if there is one */
	.long	20, 1024, 768, 32, 0
	.short	0, 0			/* end */
	.long	8
header_end:

	.section .head32, "ax"
	.globl	_start
_start:
	movl	%eax, %r8d
	rdtsc
	movl	%ebx, %esi
	movl	%r8d, %ebx
	jmp	from_64

	.section .note.GNU-stack, "", @progbits
