/*
 * A machine whose memory is told otherwise: a Multiboot kernel that starts its
 * second module, hv.elf (next.S), with the bytes of the first one as the memory
 * map.  32-bit protected mode; ebx = Multiboot information.
 */
	.code32
	.section .multiboot, "ax"
	.long 0x1BADB002, 3, -(0x1BADB002 + 3)

	.text
	.globl told_start
told_start:
	cli
	cld
	mov %ebx, %ebp
	mov 24(%ebp), %eax
	mov (%eax), %ecx
	mov %ecx, 48(%ebp)	/* mmap_addr */
	neg %ecx
	add 4(%eax), %ecx
	mov %ecx, 44(%ebp)	/* mmap_length */
	addl $16, 24(%ebp)
	decl 20(%ebp)
	jmp next

	.section .note.GNU-stack, "", @progbits
