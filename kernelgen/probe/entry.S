/*
 * The probe's protected-mode part: the entries of the Linux boot protocol.
 *
 *	0x000	32-bit: flat, paging off.  ESI = boot_params
 *	0x100	the same from setup16.S, EDX:EAX = the TSC read there
 *	0x200	64-bit: identity mapped.  RSI = boot_params
 *
 * These lead to probe_start(boot_params, entry, tsc) with a stack of our own,
 * bss cleared, and everything mapped by ourselves.  So do from_32, for who has
 * a stack, and from_64: R/ESI = first argument, EBX = second, EDX:EAX = TSC.
 */
#include "loader/abi/x86.h"

#define rva(x) ((x) - startup_32)

	.section .head, "ax"
	.code32
	.globl	startup_32
startup_32:
	rdtsc
	movl	$1, %ebx
	jmp	from_linux

	.org	0x100
	xorl	%ebx, %ebx
from_linux:
	/* boot_params.scratch is the stack that every loader provides. */
	lea	0x1e8(%esi), %esp
	.globl	from_32
from_32:
	cli
	cld
	call	1f
1:	popl	%ebp
	subl	$(1b - startup_32), %ebp
	lea	rva(stack_end)(%ebp), %esp
	pushl	%edx
	pushl	%eax

	lea	rva(bss_start)(%ebp), %edi
	movl	$rva(bss_end), %ecx
	subl	$rva(bss_start), %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl

	/* 4 GiB, identity, 2 MiB pages. */
	lea	rva(probe_pd)(%ebp), %edi
	movl	$0x83, %eax
	xorl	%edx, %edx
2:	movl	%eax, (%edi,%edx,8)
	addl	$0x200000, %eax
	incl	%edx
	cmpl	$2048, %edx
	jne	2b
	lea	rva(probe_pdpt)(%ebp), %edx
	lea	3(%edi), %eax
	movl	%eax, (%edx)
	addl	$0x1000, %eax
	movl	%eax, 8(%edx)
	addl	$0x1000, %eax
	movl	%eax, 16(%edx)
	addl	$0x1000, %eax
	movl	%eax, 24(%edx)
	lea	rva(probe_pml4)(%ebp), %eax
	addl	$3, %edx
	movl	%edx, (%eax)
	movl	%eax, %cr3

	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG | CR0_PE, %eax
	movl	%eax, %cr0

	lea	rva(gdt)(%ebp), %eax
	subl	$8, %esp
	movw	$gdt_end - gdt - 1, (%esp)
	movl	%eax, 2(%esp)
	lgdt	(%esp)
	addl	$8, %esp
	lea	rva(from_32_long)(%ebp), %eax
	pushl	$0x10
	pushl	%eax
	lret

	.code64
from_32_long:
	movl	%ebx, %eax
	movl	%esi, %esi		/* upper halves are not defined */
	popq	%rdx
	movl	%eax, %ebx
	jmp	common

	.org	0x200
startup_64:
	rdtsc
	movl	$2, %ebx
	.globl	from_64
from_64:
	cli
	cld
	shlq	$32, %rdx
	orq	%rax, %rdx
	lea	stack_end(%rip), %rsp
	lea	bss_start(%rip), %rdi
	lea	bss_end(%rip), %rcx
	subq	%rdi, %rcx
	xorl	%eax, %eax
	rep stosb
	lea	gdt(%rip), %rax
	subq	$16, %rsp
	movw	$gdt_end - gdt - 1, (%rsp)
	movq	%rax, 2(%rsp)
	lgdt	(%rsp)
	addq	$16, %rsp
	lea	common(%rip), %rax
	pushq	$0x10
	pushq	%rax
	lretq

/*
 * EFI (kernelgen/bzimage.c writes the PE header): RCX = image handle, RDX =
 * system table, the firmware's stack and page tables.
 *
 *	0x300	as a Linux kernel's EFI stub
 *	0x320	as an application
 */
	.org	0x300
	movq	%rdx, %rsi
	rdtsc
	xorl	%r8d, %r8d
	jmp	efi

	.org	0x320
	movq	%rdx, %rsi
	rdtsc
	movl	$1, %r8d
efi:
	cld
	shlq	$32, %rdx
	orq	%rax, %rdx
	movq	%rcx, %r9
	lea	bss_start(%rip), %rdi
	lea	bss_end(%rip), %rcx
	subq	%rdi, %rcx
	xorl	%eax, %eax
	rep stosb
	movq	%r9, %rdi
	movl	%r8d, %ecx
	andq	$-16, %rsp
	call	probe_efi
4:	hlt
	jmp	4b

/* RSI, EBX: probe_start's arguments, RDX = TSC */
common:
	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	/* libmd was compiled for user space: SSE, and a canary at FS:28h. */
	movq	%cr0, %rax
	andq	$~0xc, %rax		/* EM, TS */
	orq	$2, %rax		/* MP */
	movq	%rax, %cr0
	movq	%cr4, %rax
	orq	$0x600, %rax		/* OSFXSR, OSXMMEXCPT */
	movq	%rax, %cr4
	lea	stack_end(%rip), %rsp
	movq	%rsi, %rdi
	movl	%ebx, %esi
	call	probe_start
3:	hlt
	jmp	3b

	.balign	8
gdt:	.quad	0, 0
	.quad	0x00af9a000000ffff	/* 0x10: 64-bit code */
	.quad	0x00cf92000000ffff	/* 0x18: data */
gdt_end:
