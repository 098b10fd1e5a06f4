/*
 * Starts the first module, hv.elf, as a Multiboot loader does, with the modules
 * behind it, or as next_magic and next_info have it.  For programs that run
 * before it: 32-bit protected mode, ebp = Multiboot information.
 */
	.code32
	.text
	.globl next
next:
	mov $stack, %esp
	/* ELF32: its segments, then its entry. */
	mov 24(%ebp), %eax
	mov (%eax), %ebx
	pushl 24(%ebx)
	movzwl 44(%ebx), %edx
	mov 28(%ebx), %eax
	add %ebx, %eax
1:	cmpl $1, (%eax)
	jne 2f
	mov 4(%eax), %esi
	add %ebx, %esi
	mov 12(%eax), %edi
	mov 16(%eax), %ecx
	rep movsb
	mov 20(%eax), %ecx
	sub 16(%eax), %ecx
	push %eax
	xor %eax, %eax
	rep stosb
	pop %eax
2:	add $32, %eax
	dec %edx
	jnz 1b
	mov %ebp, %ebx
	addl $16, 24(%ebx)
	decl 20(%ebx)
	mov next_magic, %eax
	cmp $0x2BADB002, %eax
	je 3f
	mov next_info, %ebx
3:	ret

	.data
	.globl next_magic, next_info
next_magic: .long 0x2BADB002
next_info: .long 0

	.bss
	.balign 16
	.skip 4096
stack:
	.section .note.GNU-stack, "", @progbits
