/*
 * In and out of the guest.  A guest's registers are pushed straight into its
 * struct regs; behind it stands the rsp of trap_enter().  What interrupts
 * ourselves stays on the stack it found.
 *
 * No register tells which processor this is, and both GS bases are the guest's:
 * each way in finds its processor's structure by something that only this
 * processor has: TSS.rsp0, SYSENTER_ESP, a copy of SYSCALL's entry, and for
 * vectors with stacks of their own the word above the stack.
 *
 * trap_enter: rdi = struct regs * to load from, esi = by SYSRET?  Returns at
 * the next exit, with regs->vector saying why, and only rbp and rsp as they
 * were (trap.h).  Interrupts are off on both sides; no vector registers, no
 * segment registers and no GS base are touched.
 */
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/trap.h"

	.section .text.hot, "ax"
	.macro PUSH_GPR
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push %rax
	push %r8
	push %r9
	push %r10
	push %r11
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	.endm

	.macro POP_GPR
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	pop %r11
	pop %r10
	pop %r9
	pop %r8
	pop %rax
	pop %rcx
	pop %rdx
	pop %rsi
	pop %rdi
	.endm

	.globl trap_enter
trap_enter:
	push %rbp
	mov %rsp, TRAP_REGS(%rdi)
	mov %rdi, %rsp
	/*
	 * SYSRET when nothing is lost by it: flat selectors, no RF or TF, and
	 * a canonical lower-half or kernel rip (on Intel a non-canonical RCX
	 * faults in ring 0 with the guest's stack: those go by IRET).  It
	 * clobbers rcx and r11, so only for exits where they are dead.
	 */
	test %esi, %esi
	jnz 1f
	POP_GPR
	add $16, %rsp
	.globl trap_iretq
trap_iretq:
	iretq
1:	POP_GPR
	mov 16(%rsp), %rcx		/* rip */
	mov 32(%rsp), %r11		/* rflags */
	mov 40(%rsp), %rsp
	sysretq

	/*
	 * SYSCALL: a hypercall, or a system call of guest user mode, and the
	 * one of 32-bit code (AMD only).  A copy for each processor, as rsp is
	 * still the guest's and must be kept somewhere.
	 */
	.macro SYSCALL_ENTRY cs, why
	.balign 64
	mov %rsp, trap_cells + 64 * processor(%rip)
	mov trap_cells + 64 * processor + 8(%rip), %rsp
	push $SEL_KERNEL_SS
	push trap_cells + 64 * processor(%rip)
	push %r11
	push $\cs
	push %rcx
	push $0
	push $\why
	jmp guest_exit
	.endm

	.balign 64
	.globl trap_syscall
trap_syscall:
	.set processor, 0
	.rept PROCESSORS
	SYSCALL_ENTRY SEL_KERNEL_CS, EXIT_SYSCALL
	SYSCALL_ENTRY SEL_USER32, EXIT_SYSCALL32
	.set processor, processor + 1
	.endr
	.balign 64

	/*
	 * SYSENTER: rsp is where the others get to, and neither rip nor rsp
	 * of the guest is known to anybody.  Its flags are in force, but for
	 * IF: with TF the first instructions here trap one by one.
	 */
	.globl trap_sysenter
trap_sysenter:
	push $SEL_KERNEL_SS
	push $0
	pushfq
	push $3
	push $0
	push $0
	push $EXIT_SYSENTER
	push $2
	popfq
	jmp guest_exit

	/* All vectors: error code and vector are pushed. */
trap_common:
	testb $3, 24(%rsp)
	jz trap_inside
guest_exit:
	PUSH_GPR
	mov TRAP_REGS(%rsp), %rsp
	push $2				/* no DF, and no AC: SMAP counts */
	popfq
	pop %rbp
	ret

	/*
	 * IST vectors arrive on a stack of their own; the word above it is
	 * where the processor's other entries push.
	 */
trap_ist:
	testb $3, 24(%rsp)
	jz trap_inside
	push %rax
	mov %rsp, %rax
	mov 64(%rax), %rsp
	push 56(%rax)
	push 48(%rax)
	push 40(%rax)
	push 32(%rax)
	push 24(%rax)
	push 16(%rax)
	push 8(%rax)
	mov (%rax), %rax
	jmp guest_exit

	/*
	 * Something happened to ourselves.  The IRET to a guest that asked for
	 * bad selectors is the guest's affair: its registers are all live
	 * still, and rip..ss are untouched in struct regs.
	 */
trap_inside:
	push %rax
	lea trap_iretq(%rip), %rax
	cmp %rax, 24(%rsp)
	pop %rax
	je trap_bad_iret
	PUSH_GPR
	cld
	mov %rsp, %rdi
	mov %rsp, %rbx
	and $-16, %rsp
	call trap_inside_c
	mov %rbx, %rsp
	POP_GPR
	add $16, %rsp
	iretq
	/*
	 * Where rsp was, rip..ss of struct regs are.  Below that all is dead,
	 * and the stack may be there (the frame of this exception at 88..128,
	 * what is pushed here below 72).
	 */
trap_bad_iret:
	push %rax
	push %rbx
	mov 56(%rsp), %rax
	mov 24(%rsp), %rbx		/* error code */
	mov %rbx, -8(%rax)
	mov 16(%rsp), %rbx		/* vector */
	or $EXIT_BAD_IRET, %rbx
	mov %rbx, -16(%rax)
	mov 8(%rsp), %rbx
	mov %rbx, -24(%rax)
	pop %rbx
	lea -24(%rax), %rsp
	pop %rax
	jmp guest_exit

	/* Stubs of 16 bytes, one for each vector. */
	.balign 16
	.globl trap_stubs
trap_stubs:
	.set vec, 0
	.rept 256
	.balign 16
	.if (vec == 8) || (vec >= 10 && vec <= 14) || (vec == 17) || \
	    (vec == 21) || (vec == 29) || (vec == 30)
	.else
	push $0
	.endif
	push $vec
	.if (vec == 1) || (vec == 2) || (vec == 8) || (vec == 18)
	jmp trap_ist
	.else
	jmp trap_common
	.endif
	.set vec, vec + 1
	.endr

	/*
	 * void trap_load_gs(uint16_t sel) and its kin: gs = sel, or null when
	 * that faults.
	 */
	.macro LOAD_SEGMENT reg
	.globl trap_load_\reg
trap_load_\reg:
1:	mov %edi, %\reg
	ret
2:	xor %eax, %eax
	mov %eax, %\reg
	ret
	.section .extable, "a"
	.quad 1b, 2b
	.previous
	.endm
	LOAD_SEGMENT ds
	LOAD_SEGMENT es
	LOAD_SEGMENT fs
	LOAD_SEGMENT gs

	/* void trap_fxrstor(const void *area): nothing when it faults. */
	.globl trap_fxrstor
trap_fxrstor:
1:	fxrstor64 (%rdi)
2:	ret
	.section .extable, "a"
	.quad 1b, 2b
	.previous

	/* uint32_t trap_lar(uint16_t sel): 0 when it faults. */
	.globl trap_lar
trap_lar:
	xor %eax, %eax
1:	lar %edi, %eax
	ret
	.section .extable, "a"
	.quad 1b, 2f
	.previous
2:	xor %eax, %eax
	ret

	/* bool trap_rdmsr(uint32_t msr, uint64_t *v): false when it faults. */
	.globl trap_rdmsr
trap_rdmsr:
	mov %edi, %ecx
1:	rdmsr
	shl $32, %rdx
	or %rdx, %rax
	mov %rax, (%rsi)
	mov $1, %eax
	ret
2:	xor %eax, %eax
	ret
	.section .extable, "a"
	.quad 1b, 2b
	.previous

	/* bool trap_wrmsr(uint32_t msr, uint64_t v): false when it faults. */
	.globl trap_wrmsr
trap_wrmsr:
	mov %edi, %ecx
	mov %esi, %eax
	mov %rsi, %rdx
	shr $32, %rdx
1:	wrmsr
	mov $1, %eax
	ret
2:	xor %eax, %eax
	ret
	.section .extable, "a"
	.quad 1b, 2b
	.previous

	/*
	 * trap_on_stack(rsp, fn, arg): fn(arg) on another stack, for good.
	 */
	.globl trap_on_stack
trap_on_stack:
	mov %rdi, %rsp
	mov %edx, %edi
	xor %ebp, %ebp
	call *%rsi
	ud2

	.bss
	.balign 64
	.globl trap_cells
trap_cells: .skip 64 * PROCESSORS

	.section .note.GNU-stack, "", @progbits
