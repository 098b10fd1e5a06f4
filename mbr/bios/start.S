/*
 * stage2.bin's head and its way from real mode to C in long mode.
 *
 * Entry: real mode, CS:IP = STAGE2_SEG:STAGE2_ENTRY, DL = BIOS disk, SI = list
 * of stage 2's extents, from a boot block.  Exit: bios_main(), 64-bit, memory
 * below 4 GiB mapped to itself by 2 MiB pages, interrupts off, SSE usable, .bss
 * zeroed.
 *
 * 16-bit code reaches data with DS = STAGE2_SEG; R() is an offset in there.
 */
#include "loader/abi/x86.h"
#include "loader/disk/bootblock.h"
#include "mbr/bios/layout.h"

#define R(symbol) ((symbol) - STAGE2_ADDR)

	.section .head, "awx"
	.globl	_start, bios_stage2_head
bios_stage2_head:
_start:
	.long	STAGE2_MAGIC
	.long	stage2_size		/* from the linker script */
	.long	0			/* the sum, written after linking, */
	.long	second_size
	.quad	0			/* and the second part's hash */

	.code16
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	xorw	%ax, %ax
	movw	%ax, %ss
	movw	$REAL_STACK, %sp
	movb	%dl, R(bios_boot_disk)
	movw	%si, R(bios_boot_list)
	call	check_cpu
	call	enable_a20
	movw	$R(text_a20), %si
	jz	stop
	cli
	lgdtl	R(bios_gdt_ptr)
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $protected

/* SI = why.  The last line anybody sees. */
stop:	call	say16
1:	hlt
	jmp	1b

#include "mbr/bios/say16.inc"

/* Comes back when there is a long mode: AMD APM 3, CPUID 8000_0001 EDX[29]. */
check_cpu:
	movw	$R(text_cpu), %si
	pushfl
	popl	%eax
	movl	%eax, %ecx
	xorl	$1 << 21, %eax		/* EFLAGS.ID flips: there is CPUID */
	pushl	%eax
	popfl
	pushfl
	popl	%eax
	xorl	%ecx, %eax
	jz	stop
	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	stop
	movl	$0x80000001, %eax
	cpuid
	btl	$29, %edx
	jnc	stop
	ret

/* ZF clear on return: address line 20 is on.  Clobbers AX, BX, CX. */
enable_a20:
	call	test_a20
	jnz	1f
	movw	$0x2401, %ax		/* the firmware's own way */
	int	$0x15
	call	test_a20
	jnz	1f
	inb	$0x92, %al		/* "fast A20", bit 0 would reset */
	orb	$2, %al
	andb	$0xfe, %al
	outb	%al, $0x92
	call	test_a20
1:	ret

/* ZF set: 0000:REAL_STACK and 1 MiB above it are the same word. */
test_a20:
	movw	$0xffff, %ax
	movw	%ax, %es
	movw	$1000, %cx		/* the line may take a while */
1:	incw	%ss:BLOCK_ADDR
	movw	%ss:BLOCK_ADDR, %ax
	cmpw	%es:BLOCK_ADDR + 16, %ax
	loope	1b
	ret

	.code32
protected:
	movw	$SEL_DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$__bss_start, %edi
	movl	$__bss_longs, %ecx
	xorl	%eax, %eax
	rep stosl

	/* Page tables (zeroed with .bss): 4 GiB, writable, 2 MiB pages. */
	movl	$bios_pd, %edi
	movl	$PTE_P | PTE_RW | PTE_PSE, %eax
1:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$0x200000, %eax
	jnc	1b
	movl	$bios_pd + 3, %eax
	movl	$bios_pdpt, %edi
2:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$4096, %eax
	cmpl	$bios_pdpt + 32, %edi
	jne	2b
	movl	$bios_pdpt + 3, bios_pml4
	movl	$bios_pml4, %eax
	movl	%eax, %cr3
	movl	$CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT, %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	andl	$~(CR0_EM | CR0_TS), %eax	/* SSE does not fault */
	orl	$CR0_PG | CR0_MP, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_CODE, $long_mode

	.code64
long_mode:
	leaq	bios_stack_top(%rip), %rsp
	xorl	%ebp, %ebp
	call	bios_main
1:	hlt
	jmp	1b

	.section .data.start, "aw"
	.globl	bios_boot_disk, bios_boot_list, bios_gdt_ptr, bios_gdt32_ptr
bios_boot_disk:
	.byte	0
bios_boot_list:
	.word	0
text_cpu:
	.ascii	"Twinboot: this CPU has no 64-bit mode (long mode)\r\n"
text_a20:
	.ascii	"Twinboot: cannot switch address line A20 on\r\n"

	.balign	8
gdt:	.quad	0, 0
	.quad	0x00af9b000000ffff	/* SEL_CODE */
	.quad	0x00cf93000000ffff	/* SEL_DATA */
	.quad	0x00cf9b000000ffff	/* SEL_CODE32 */
	.quad	0x00009b010000ffff	/* SEL_CODE16 */
	.quad	0x000093010000ffff	/* SEL_DATA16 */
gdt_end:
gdt32:	.quad	0, 0
	.quad	0x00cf9b000000ffff	/* SEL_CODE for a 32-bit kernel */
	.quad	0x00cf93000000ffff	/* SEL_DATA */
gdt32_end:
bios_gdt_ptr:
	.word	gdt_end - gdt - 1
	.long	gdt
	.long	0			/* long mode loads 64 bits */
bios_gdt32_ptr:
	.word	gdt32_end - gdt32 - 1
	.long	gdt32

	.section .bss.start, "aw", @nobits
	.globl	bios_pml4, bios_pdpt, bios_pd
	.balign	4096
bios_pml4:
	.skip	4096
bios_pdpt:
	.skip	4096
bios_pd:
	.skip	4 * 4096
	.skip	STACK_SIZE
bios_stack_top:
