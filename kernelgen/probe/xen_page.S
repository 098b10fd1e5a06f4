/*
 * Hypercalls through the page that the domain builder fills: 32 bytes for
 * each number.
 */
#include <xen/elfnote.h>

	.section .note.Xen, "a", @note
	.balign	4
	.long	4, 8, XEN_ELFNOTE_HYPERCALL_PAGE
	.asciz	"Xen"
	.quad	hypercall_page

	.text
	.globl	probe_hypercall
probe_hypercall:
	movl	%edi, %eax
	shlq	$5, %rax
	lea	hypercall_page(%rip), %r11
	addq	%r11, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	jmp	*%rax

	.section .text.page, "ax"
	.balign	4096
hypercall_page:
	.skip	4096, 0xcc

	.section .note.GNU-stack, "", @progbits
