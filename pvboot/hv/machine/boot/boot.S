/*
 * The entries.  Multiboot 1 and 2 (specification 0.6.96, section 3; 2.0, 3.3):
 * 32-bit protected mode, paging off, eax = the loader's magic, ebx = physical
 * address of the information.  PVH (Xen's docs/misc/pvh.pandoc): the same
 * without a magic in eax.  hv.efi: at the end of this file.
 * Builds tables for the first 4 GiB in 2 MiB pages, at 0, in the direct map
 * and in the image's slot, goes to long mode and calls start(magic, info).
 */
#include "loader/abi/multiboot.h"
#include "loader/abi/multiboot2.h"
#include "loader/abi/x86.h"
#include "pvboot/hv/machine/boot/boot_efi.h"
#include "pvboot/hv/machine/boot/boot_pvh.h"
#include "pvboot/hv/machine/layout.h"

#define FLAGS (MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY_INFO)
#define PA(x) ((x) - HV_IMAGE)

	.section .multiboot, "ax"
	.balign 4
	.globl boot_multiboot
boot_multiboot:
	.long MULTIBOOT_HEADER_MAGIC, FLAGS
	.long -(MULTIBOOT_HEADER_MAGIC + FLAGS)

	/* No tags but the last: the ELF's entry is the one. */
	.balign MULTIBOOT2_ALIGN
multiboot2:
	.long MULTIBOOT2_HEADER_MAGIC, 0, multiboot2_end - multiboot2
	.long -(MULTIBOOT2_HEADER_MAGIC + multiboot2_end - multiboot2)
	.word 0, 0		/* the end */
	.long 8
multiboot2_end:

	/* Owner "Xen", type 18: XEN_ELFNOTE_PHYS32_ENTRY. */
	.pushsection .note.Xen, "a", @note
	.balign 4
	.long 4, 4, 18
	.asciz "Xen"
	.long PA(boot_pvh)
	.popsection

	.code32
boot_pvh:
	mov $BOOT_PVH_MAGIC, %eax
	.globl boot_entry
boot_entry:
	cli
	cld
	movl %eax, %ebp
	mov $PA(boot_stack_top), %esp

	/* No long mode: nothing to do but stop. */
	mov $0x80000000, %eax
	push %ebx
	cpuid
	cmp $0x80000001, %eax
	jb dead
	mov $0x80000001, %eax
	cpuid
	bt $29, %edx
	jnc dead
	pop %ebx

	/* Four L2 tables of 2 MiB pages. */
	mov $PA(boot_l2), %edi
	mov $PTE_P | PTE_RW | PTE_PSE, %eax
	xor %edx, %edx
	mov $2048, %ecx
1:	mov %eax, (%edi)
	add $0x200000, %eax
	add $8, %edi
	loop 1b
	mov $PA(boot_l3), %edi
	mov $PA(boot_l2) + (PTE_P | PTE_RW), %eax
	mov $4, %ecx
2:	mov %eax, (%edi)
	add $4096, %eax
	add $8, %edi
	loop 2b
	mov $PA(boot_l4), %edi
	mov $PA(boot_l3) + (PTE_P | PTE_RW), %eax
	mov %eax, (%edi)
	mov %eax, 257*8(%edi)
	mov %eax, 258*8(%edi)

	mov $CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT, %eax
	mov %eax, %cr4
	mov %edi, %cr3
	mov $MSR_EFER, %ecx
	mov $EFER_SCE | EFER_LME, %eax	/* and nothing as found */
	xor %edx, %edx
	wrmsr
	mov $CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE, %eax
	mov %eax, %cr0
	lgdt PA(boot_gdtr)
	ljmp $8, $PA(boot_64)

dead:	hlt
	jmp dead

	.code64
boot_64:
	movabs $boot_high, %rax
	jmp *%rax
boot_high:
	xor %eax, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov %eax, %fs
	mov %eax, %gs
	lea boot_stack_top(%rip), %rsp
	mov %ebp, %edi
	mov %ebx, %esi
	xor %ebp, %ebp
	call start
3:	hlt
	jmp 3b

	/*
	 * hv.efi's entry: 64-bit, interrupts off, a map of all of memory at 0,
	 * edi = physical address of the information.  We lie below 4 GiB and
	 * boot_delta, which is whole 2 MiB, above the place we are linked for.
	 */
	.globl boot_entry64
boot_entry64:
	cld
	mov %edi, %ebx
	mov $BOOT_EFI_MAGIC, %ebp
	lea image_start - 0x100000(%rip), %r8
	mov %r8, boot_delta(%rip)
	lea boot_l2(%rip), %rdi
	mov $PTE_P | PTE_RW | PTE_PSE, %eax
	mov $2048, %ecx
	call fill
	lea boot_l3(%rip), %rdi
	lea boot_l2 + (PTE_P | PTE_RW)(%rip), %rax
	mov $4, %ecx
4:	mov %rax, (%rdi)
	add $4096, %rax
	add $8, %rdi
	loop 4b
	lea boot_image_l2(%rip), %rdi
	lea PTE_P | PTE_RW | PTE_PSE(%r8), %rax
	mov $IMAGE_MAX / 0x200000 + 1, %ecx
	call fill
	lea boot_image_l2 + (PTE_P | PTE_RW)(%rip), %rax
	mov %rax, boot_image_l3(%rip)
	lea boot_l3 + (PTE_P | PTE_RW)(%rip), %rax
	mov %rax, boot_l4(%rip)
	mov %rax, boot_l4 + 257*8(%rip)
	lea boot_image_l3 + (PTE_P | PTE_RW)(%rip), %rax
	mov %rax, boot_l4 + 258*8(%rip)

	mov $CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT, %eax
	mov %rax, %cr4
	lea boot_l4(%rip), %rax
	mov %rax, %cr3
	mov $MSR_EFER, %ecx
	mov $EFER_SCE | EFER_LME | EFER_LMA, %eax
	xor %edx, %edx
	wrmsr
	mov $CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE, %eax
	mov %rax, %cr0
	movabs $boot_stack_top, %rsp
	lgdt boot_gdtr64(%rip)
	pushq $8
	movabs $boot_high, %rax
	push %rax
	lretq

	/* rcx entries at rdi: 2 MiB pages that begin with the entry rax. */
fill:	mov %rax, (%rdi)
	add $0x200000, %rax
	add $8, %rdi
	loop fill
	ret

	.balign 8
boot_gdt:
	.quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
boot_gdtr:
	.word 23
	.long PA(boot_gdt)
boot_gdtr64:
	.word 23
	.quad boot_gdt

	.data
	.balign 8
	.globl boot_delta
boot_delta: .quad 0

	.bss
	.balign 4096
	.globl boot_l4
boot_l4: .skip 4096
boot_l3: .skip 4096
boot_l2: .skip 4 * 4096
boot_image_l3: .skip 4096
boot_image_l2: .skip 4096
	/* The page below is taken away once we have tables of our own. */
	.globl boot_guard, boot_stack, boot_stack_top
boot_guard: .skip 4096
boot_stack: .skip 16384
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
