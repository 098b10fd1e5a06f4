/*
 * The probe as a Xen PV kernel.  Xen's builder starts it in ring 3 with RSI =
 * start_info, the initial map in place and upcalls masked.
 */
#include <xen/elfnote.h>

#define NOTE(type, ...) \
	.balign 4; .long 4, 92f - 91f, type; .asciz "Xen"; \
	91: __VA_ARGS__; 92: .balign 4

	.section .note.Xen, "a", @note
	NOTE(XEN_ELFNOTE_GUEST_OS, .asciz "probe")
	NOTE(XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0")
	NOTE(XEN_ELFNOTE_LOADER, .asciz "generic")
	NOTE(XEN_ELFNOTE_VIRT_BASE, .quad VIRT_BASE)
	NOTE(XEN_ELFNOTE_PADDR_OFFSET, .quad 0)
	NOTE(XEN_ELFNOTE_ENTRY, .quad _start)
	NOTE(XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables")

	.section .head, "ax"
	.globl	_start
_start:
	rdtsc
	cld
	shlq	$32, %rdx
	orq	%rax, %rdx
	lea	stack_end(%rip), %rsp
	xorl	%ebp, %ebp
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	call	probe_xenpv
	ud2

	.bss
	.balign	16
	.skip	32768
stack_end:

	.section .note.GNU-stack, "", @progbits
