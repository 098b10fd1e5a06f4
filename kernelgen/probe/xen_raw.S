/*
 * Hypercalls by the bare instruction.  The C calling convention's fourth
 * argument goes to r10; rcx and r11 are lost.
 */
	.text
	.globl	probe_hypercall
probe_hypercall:
	movl	%edi, %eax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	syscall
	ret

	.section .note.GNU-stack, "", @progbits
