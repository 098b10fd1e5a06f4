/*
 * The other processors' way in.  A start-up interrupt (Intel SDM volume 3, 9.4)
 * puts one into real mode at the page of low memory that smp.c has copied
 * ap_start to; it goes to long mode by boot.S's tables.  Neither the page nor
 * the image (hv.efi) is at a place known before: smp.c adds the page's address
 * to the words that ap_fix_page lists, and fills in that of boot_l4.
 *
 * smp.c waits for one at a time, by the ID of its local APIC: who comes when
 * nobody waits for it stands still, here and for good.
 */
#include "loader/abi/x86.h"
#include "pvboot/hv/machine/layout.h"

	.section .rodata
	.globl ap_start, ap_start_end, ap_wanted, ap_fix_page, ap_fix_root
	.code16
ap_start:
	cli
	cld
	mov %cs, %ax
	mov %ax, %ds
	lgdtl ap_gdtr - ap_start
	mov %cr0, %eax
	or $CR0_PE, %al
	mov %eax, %cr0
	.byte 0x66, 0xea		/* ljmpl $0x18, $ap_32 */
ap_32_at: .long ap_32 - ap_start
	.word 0x18

	.code32
ap_32:	mov $0x10, %eax
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
	.byte 0xbb			/* mov $ap_wanted, %ebx */
ap_wanted_at: .long ap_wanted - ap_start
	lock cmpxchg %ecx, (%ebx)
	jne 3f

	mov $CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT, %eax
	mov %eax, %cr4
	.byte 0xb8			/* mov $boot_l4, %eax */
ap_fix_root: .long 0
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	mov $EFER_SCE | EFER_LME, %eax
	xor %edx, %edx
	wrmsr
	mov $CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE, %eax
	mov %eax, %cr0
	.byte 0xea			/* ljmp $8, $ap_64 */
ap_64_at: .long ap_64 - ap_start
	.word 8
3:	cli
	hlt
	jmp 3b

	.code64
ap_64:	movabs $ap_high, %rax
	jmp *%rax

	.balign 8
ap_gdt:
	.quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cf9b000000ffff
ap_gdtr:
	.word 31
ap_gdt_at: .long ap_gdt - ap_start
	.balign 4
ap_wanted: .long AP_NOBODY
ap_start_end:

	.balign 4
ap_fix_page:
	.long ap_32_at - ap_start, ap_wanted_at - ap_start
	.long ap_64_at - ap_start, ap_gdt_at - ap_start, 0

	.text
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
	.globl ap_number, ap_stack
ap_stack: .quad 0
ap_number: .long 0

	.section .note.GNU-stack, "", @progbits
