/*
 * Xen's builder starts us here: 64-bit mode, ring 3, rsi = start_info, the
 * initial map in place, upcalls masked, .bss zeroed (elfnote.h, xen.h).
 */
#include "pvboot/guest/layout.h"

#define NOTE(type, ...) \
	.balign 4; .long 4, 92f - 91f, type; .asciz "Xen"; \
	91: __VA_ARGS__; 92: .balign 4

	.section .note.Xen, "a", @note
	NOTE(6, .asciz "Twinboot")		/* GUEST_OS */
	NOTE(7, .asciz "1")			/* GUEST_VERSION */
	NOTE(5, .asciz "xen-3.0")		/* XEN_VERSION */
	NOTE(8, .asciz "generic")		/* LOADER */
	NOTE(3, .quad VIRT_BASE)		/* VIRT_BASE */
	NOTE(4, .quad 0)			/* PADDR_OFFSET */
	NOTE(1, .quad _start)			/* ENTRY */
	NOTE(10, .asciz "!writable_page_tables|pae_pgdir_above_4gb")

	.section .text.start, "ax"
	.globl _start
_start:
	cld
	lea stack_top(%rip), %rsp
	xor %ebp, %ebp
	mov %rsi, %rdi
	call guest_main
	ud2

/*
 * The first half of the jump (chain.c), run from a copy: map the page with
 * the entry in rsi at rdi, whatever is there now, and go on in it.
 */
	.globl leap, leap_end
leap:
	mov %rdi, %rbx
	mov $14, %eax				/* update_va_mapping */
	mov $2, %edx				/* UVMF_INVLPG */
	syscall
	lea DEPART_CODE(%rbx), %rax
	jmp *%rax
leap_end:

/*
 * The second half, at DEPART_CODE of that page, which rbx points to; its start
 * is struct departure.  The page is at this address in the old map and in the
 * new one; nothing else of the old one is used after the hypercall.
 */
	.globl depart, depart_end
depart:
	mov %rbx, %rdi
	mov $2, %esi
	xor %edx, %edx
	mov $0x7ff0, %r10d			/* DOMID_SELF */
	mov $26, %eax				/* mmuext_op */
	syscall
	test %rax, %rax
	jz 1f
	ud2
1:	mov DEPART_STACK(%rbx), %rsp
	mov DEPART_INFO(%rbx), %rsi
	mov DEPART_ENTRY(%rbx), %rcx
	xor %eax, %eax
	xor %ebx, %ebx
	xor %edx, %edx
	xor %edi, %edi
	xor %ebp, %ebp
	xor %r8d, %r8d
	xor %r9d, %r9d
	xor %r10d, %r10d
	xor %r11d, %r11d
	xor %r12d, %r12d
	xor %r13d, %r13d
	xor %r14d, %r14d
	xor %r15d, %r15d
	cld
	jmp *%rcx
depart_end:

	.section .bss.stack, "aw", @nobits
	.balign 4096
	.skip STACK_SIZE
stack_top:

	.globl shared_info
shared_info:					/* Xen's page goes here, */
	.skip 4096
	.globl grant_table
grant_table:					/* and those go there */
	.skip GRANT_FRAMES * 4096

	.section .note.GNU-stack, "", @progbits
