/*
 * Calls into the firmware from long mode, and the ways out of long mode that
 * start a kernel.  All on this page runs with interrupts off but the firmware
 * itself.
 */
#include "loader/abi/x86.h"
#include "mbr/bios/layout.h"

#define R(symbol) ((symbol) - STAGE2_ADDR)
#define REGS_SIZE 40		/* struct bios_regs */
#define JUMP16_SIZE 20		/* struct bios_jump16 */

/*
 * From 64-bit code to real mode at label TO, with DS = ES = FS = GS =
 * STAGE2_SEG, SS:SP = 0:ESP.  ESP is set by the user.  Clobbers EAX.
 */
	.macro	to_real to
	.code64
	ljmp	*\to\()_far(%rip)
	.code16
\to\()_16:
	movw	$SEL_DATA16, %ax	/* limit 64 KiB, as real mode has it */
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	%cr0, %eax
	andl	$0x7fffffff, %eax	/* PG off: long mode ends */
	movl	%eax, %cr0
	andb	$0xfe, %al
	movl	%eax, %cr0
	ljmpw	$STAGE2_SEG, $R(\to)
	.pushsection .rodata.\to, "a"
\to\()_far:
	.long	\to\()_16 - STAGE2_ADDR
	.word	SEL_CODE16
	.popsection
\to:
	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	xorw	%ax, %ax
	movw	%ax, %ss
	lidtl	R(real_idt_ptr)
	.endm

/*
 * void bios_real(uint16_t op, struct bios_regs *regs)
 * Runs the two bytes OP (INT n, or HLT and NOP) in real mode.  DI: op, RSI:
 * registers in and out, anywhere below 4 GiB.  The struct goes onto the
 * real-mode stack as POPAL, POPW DS, POPW ES want it.
 */
	.text
	.code64
	.globl	bios_real
bios_real:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movw	%di, real_op(%rip)
	pushq	%rsi
	movl	$REAL_STACK - REGS_SIZE, %edi
	movl	$REGS_SIZE / 4, %ecx
	rep movsl
	movq	%rsp, saved_rsp(%rip)
	movl	$REAL_STACK - REGS_SIZE, %esp
	to_real	real
	rdtsc
	subl	%eax, R(bios_fw_tsc)
	sbbl	%edx, R(bios_fw_tsc) + 4
	popal
	popw	%ds
	popw	%es
	addw	$4, %sp			/* flags: out only */
	sti
real_op:
	int	$0
	cli
	pushfl
	pushw	%es
	pushw	%ds
	pushal
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	rdtsc
	addl	%eax, R(bios_fw_tsc)
	adcl	%edx, R(bios_fw_tsc) + 4
	lgdtl	R(bios_gdt_ptr)
	movl	%cr0, %eax		/* EFER, CR3, CR4 are as they were */
	orl	$0x80000001, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_CODE, $1f
	.code64
1:	movw	$SEL_DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movq	saved_rsp(%rip), %rsp
	lidt	bios_idt_ptr(%rip)
	leaq	bios_fs_block(%rip), %rax
	movq	%rax, (%rax)		/* libraries: %fs:0 and the canary */
	movq	%rax, %rdx
	shrq	$32, %rdx
	movl	$MSR_FS_BASE, %ecx
	wrmsr
	popq	%rdi
	movl	$REAL_STACK - REGS_SIZE, %esi
	movl	$REGS_SIZE / 4, %ecx
	rep movsl
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

/*
 * void bios_go_long64(const struct bios_jump64 *), ..._prot32(const struct
 * bios_jump32 *), ..._real16(...): pop the registers of the struct, in its
 * order, and jump.  Never return.
 */
	.globl	bios_go_long64
bios_go_long64:
	movq	%rdi, %rsp
	popq	%rax
	popq	%rbx
	popq	%rsi
	popq	%rdi
	popq	%rbp
	popq	%rcx			/* entry */
	popq	%rsp
	jmp	*%rcx

	.globl	bios_go_prot32
bios_go_prot32:
	movl	%edi, %esp
	ljmp	*prot32_far(%rip)
	.code32
prot32:	movl	%cr0, %eax
	andl	$0x7fffffff, %eax
	movl	%eax, %cr0
	call	leave_long
	lgdt	bios_gdt32_ptr
	movl	$SEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	ljmp	$SEL_CODE, $1f
1:	popl	%eax
	popl	%ebx
	popl	%esi
	popl	%edi
	popl	%ebp
	popl	%ecx			/* entry */
	popl	%esp
	jmp	*%ecx

/* Paging is off: EFER and CR4 as at power-on.  Clobbers EAX, ECX, EDX. */
leave_long:
	movl	$MSR_EFER, %ecx
	rdmsr
	andl	$~0x100, %eax
	wrmsr
	xorl	%eax, %eax
	movl	%eax, %cr4
	ret

	.globl	bios_go_real16
	.code64
bios_go_real16:
	movq	%rdi, %rsi		/* to where POPL takes it */
	movl	$REAL_STACK - JUMP16_SIZE, %edi
	movl	$JUMP16_SIZE / 4, %ecx
	rep movsl
	movl	$REAL_STACK - JUMP16_SIZE, %esp
	to_real	go_real
	movl	$MSR_EFER, %ecx
	rdmsr
	andl	$~0x100, %eax
	wrmsr
	xorl	%eax, %eax
	movl	%eax, %cr4
	popl	%ebx			/* entry, stack: segment, offset */
	popl	%ebp
	popl	%edx
	popl	%esi
	popl	%edi			/* flags */
	movzwl	%bp, %esp
	shrl	$16, %ebp
	movw	%bp, %ss
	movw	%bp, %ds
	movw	%bp, %es
	movw	%bp, %fs
	movw	%bp, %gs
	pushw	%di			/* IP below CS below FLAGS, for IRET */
	pushl	%ebx
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	iretw

	.section .rodata.go, "a"
prot32_far:
	.long	prot32
	.word	SEL_CODE32

	.section .data.real, "aw"
	.globl	bios_fw_tsc, bios_idt_ptr
	.balign	8
bios_fw_tsc:
	.quad	0
saved_rsp:
	.quad	0
bios_fs_block:
	.fill	8, 8, 0
real_idt_ptr:
	.word	0x3ff
	.long	0
bios_idt_ptr:
	.word	32 * 16 - 1
	.quad	bios_idt
