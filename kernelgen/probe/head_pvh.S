/* PVH (Xen's docs/misc/pvh.pandoc): EBX = hvm_start_info; flat 32-bit. */
#include <xen/elfnote.h>

#include "kernelgen/probe/head32.h"

	.section .note.Xen, "a", @note
	.balign	4
	.long	4, 4, XEN_ELFNOTE_PHYS32_ENTRY
	.asciz	"Xen"
	.long	_start

	.section .head32, "ax"
	.code32
	.globl	_start
_start:
	movl	(%ebx), %ecx		/* its magic number */
	FROM_TOLD

	.section .note.GNU-stack, "", @progbits
