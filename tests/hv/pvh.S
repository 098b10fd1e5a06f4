/*
 * A loader that speaks PVH: a Multiboot kernel that starts its module, hv.elf,
 * with what hv-entries.t has put to PVH_INFO.  32-bit protected mode; ebx =
 * Multiboot information.
 */
	.set PVH_INFO, 0x3000000
	.set PVH_MAGIC, 0x336ec578

	.code32
	.section .multiboot, "ax"
	.long 0x1BADB002, 3, -(0x1BADB002 + 3)

	.text
	.globl pvh_start
pvh_start:
	cli
	cld
	mov %ebx, %ebp
	movl $PVH_MAGIC, next_magic
	movl $PVH_INFO, next_info
	jmp next

	.section .note.GNU-stack, "", @progbits
