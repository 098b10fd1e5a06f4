/*
 * The other processors' way in.  A start-up interrupt (Intel SDM volume 3, 9.4)
 * puts one into real mode at the page of low memory that smp.c has copied
 * ap_start to; it goes to long mode by boot.S's tables.
 *
 * smp.c waits for one at a time, by the ID of its local APIC: who comes when
 * nobody waits for it stands still, here and for good.
 */
#include "loader/abi/x86.h"
#include "pvboot/hv/machine/layout.h"

#define PA(x) ((x) - HV_IMAGE)

	.section .rodata
	.code16
	.globl ap_start, ap_start_end
ap_start:
	cli
	cld
	mov %cs, %ax
	mov %ax, %ds
	lgdtl ap_gdtr - ap_start
	mov %cr0, %eax
	or $CR0_PE, %al
	mov %eax, %cr0
	ljmpl $0x18, $PA(ap_32)
	.balign 4
ap_gdtr:
	.word 31
	.long PA(ap_gdt)
ap_start_end:

	.balign 8
ap_gdt:
	.quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cf9b000000ffff

	.text
	.code32
ap_32:
	mov $0x10, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss

	/* Its ID: an MSR in x2APIC mode, else in the APIC's page. */
	mov $MSR_APIC_BASE, %ecx
	rdmsr
	test $0x400, %eax
	jz 1f
	mov $0x802, %ecx
	rdmsr
	jmp 2f
1:	and $0xfffff000, %eax
	mov 0x20(%eax), %eax
	shr $24, %eax
2:	mov $AP_CLAIMED, %ecx
	lock cmpxchg %ecx, PA(ap_wanted)
	jne 3f

	mov $CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT, %eax
	mov %eax, %cr4
	mov $PA(boot_l4), %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	mov $EFER_SCE | EFER_LME, %eax
	xor %edx, %edx
	wrmsr
	mov $CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE, %eax
	mov %eax, %cr0
	ljmp $8, $PA(ap_64)
3:	cli
	hlt
	jmp 3b

	.code64
ap_64:
	movabs $ap_high, %rax
	jmp *%rax
ap_high:
	xor %eax, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov %eax, %fs
	mov %eax, %gs
	mov ap_stack(%rip), %rsp
	mov ap_number(%rip), %edi
	xor %ebp, %ebp
	call smp_arrive
	ud2

	.data
	.balign 8
	.globl ap_wanted, ap_number, ap_stack
ap_stack: .quad 0
ap_wanted: .long AP_NOBODY
ap_number: .long 0

	.section .note.GNU-stack, "", @progbits
