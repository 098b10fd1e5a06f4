/*
 * A Xen PV kernel: notes, entry (rsi = start_info), exception entries.
 */
	.text
	.globl start
start:
	cld
	lea stack_top(%rip), %rsp
	mov %rsi, %rdi
	call guest_start
1:	ud2
	jmp 1b

	/*
	 * Exceptions: rcx, r11, [error code], rip, cs, rflags, rsp, ss.  Save
	 * what happened, go to the recovery point of faults().
	 */
	.macro ENTRY vec, error
	.globl trap_\vec
trap_\vec:
	movq $\vec, fault_vector(%rip)
	.if \error
	mov 16(%rsp), %rax
	mov 24(%rsp), %rcx
	.else
	xor %eax, %eax
	mov 16(%rsp), %rcx
	.endif
	mov %rax, fault_error(%rip)
	mov %rcx, fault_rip(%rip)
	jmp recover
	.endm
	ENTRY 0, 0
	ENTRY 1, 0
	ENTRY 3, 0
	ENTRY 4, 0
	ENTRY 6, 0
	ENTRY 7, 0
	ENTRY 11, 1
	ENTRY 12, 1
	ENTRY 13, 1
	ENTRY 14, 1
	ENTRY 32, 0

	/* An event: rcx, r11, rip, ...; what it interrupted is given up. */
	.globl event_entry
event_entry:
	movq $0xe, fault_vector(%rip)
	mov 16(%rsp), %rcx
	mov %rcx, fault_rip(%rip)
recover:
	mov recover_sp(%rip), %rsp
	test %rsp, %rsp
	jz unexpected
	movq $0, recover_sp(%rip)
	mov $1, %eax
	jmp 2f
unexpected:
	lea stack_top(%rip), %rsp
	call fault_unexpected

	/* bool faults(void (*fn)(void *), void *arg) */
	.globl faults
faults:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, recover_sp(%rip)
	mov %rdi, %rax
	mov %rsi, %rdi
	call *%rax
	movq $0, recover_sp(%rip)
	xor %eax, %eax
2:	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

	.bss
	.balign 16
	.globl fault_vector, fault_error, fault_rip, fault_cr2
fault_vector: .skip 8
fault_error: .skip 8
fault_rip: .skip 8
fault_cr2: .skip 8
recover_sp: .skip 8
	.balign 4096
	.skip 65536
	.globl stack_top
stack_top:

	.section .note.Xen, "a", @note
	.macro NOTE type, text
	.balign 4
	.long 4, 8f - 7f, \type
	.asciz "Xen"
7:	.asciz "\text"
8:
	.endm
	.macro NOTEQ type, value
	.balign 4
	.long 4, 8, \type
	.asciz "Xen"
	.quad \value
	.endm
	NOTE 6, "twinboot-test"
	NOTE 5, "xen-3.0"
	NOTE 8, "generic"
	NOTEQ 3, image
	NOTEQ 1, start
	.balign 4
	.section .note.GNU-stack, "", @progbits
