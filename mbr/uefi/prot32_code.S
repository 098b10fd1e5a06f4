/*
 * From the firmware's long mode to flat 32-bit mode.  Copied below 4 GiB and
 * entered there in compatibility mode with EDI = struct prot32, the rest of it
 * as prot32.c says; interrupts are off.
 */
#include "loader/abi/x86.h"

	.text
	.code32
	.globl	prot32_code, prot32_code_end
prot32_code:
	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	movl	%cr0, %eax
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0
	movl	$MSR_EFER, %ecx
	rdmsr
	andl	$~EFER_LME, %eax
	wrmsr
	xorl	%eax, %eax
	movl	%eax, %cr4
	movl	%edi, %esp
	popl	%eax
	popl	%ebx
	popl	%esi
	popl	%edi
	popl	%ebp
	popl	%ecx			/* the entry */
	popl	%esp
	jmp	*%ecx
prot32_code_end:

	.section .note.GNU-stack, "", @progbits
