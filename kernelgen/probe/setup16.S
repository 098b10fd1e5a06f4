/*
 * The probe's real-mode part.  kernelgen puts it at 0x1000 of the setup block,
 * behind what is struct boot_params when the kernel's own setup has run: so
 * the block itself becomes boot_params, as the other two entries get it.
 *
 * In: real mode, DS = SS = the block's segment, SP usable, EDX:EAX the TSC as
 * read by the two bytes before the jump to here.
 * Out: 32-bit protected mode at code32_start + 0x100, ESI = boot_params,
 * EDX:EAX the TSC.
 */
#define E820_ENTRIES	0x1e8
#define E820_TABLE	0x2d0
#define CODE32_START	0x214
#define CMD_LINE_PTR	0x228
#define OLD_MAGIC	0x20
#define OLD_OFFSET	0x22

	.code16
	.text
	.globl	_start
_start:
	pushl	%edx
	pushl	%eax
	cld
	movw	%ds, %ax
	movw	%ax, %es
	xorl	%esi, %esi
	movw	%ax, %si
	shll	$4, %esi

	/* Protocols 2.00 and 2.01 give the command line by an offset. */
	cmpw	$0xa33f, OLD_MAGIC
	jne	1f
	movzwl	OLD_OFFSET, %eax
	addl	%esi, %eax
	movl	%eax, CMD_LINE_PTR
1:
	/* What was the boot sector is the first part of boot_params. */
	xorw	%di, %di
	movw	$0x1f1 - 1, %cx
	xorb	%al, %al
	rep stosb

	/* INT 15h, E820h: the memory map. */
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	movw	$E820_TABLE, %di
2:	movl	$0xe820, %eax
	movl	$20, %ecx
	movl	$0x534d4150, %edx
	int	$0x15
	jc	3f
	cmpl	$0x534d4150, %eax
	jne	3f
	incw	%bp
	addw	$20, %di
	cmpw	$128, %bp
	je	3f
	testl	%ebx, %ebx
	jnz	2b
3:	movw	%bp, %ax
	movb	%al, E820_ENTRIES

	/* A20: by the BIOS, else by port 92h. */
	movw	$0x2401, %ax
	int	$0x15
	jnc	4f
	inb	$0x92, %al
	orb	$2, %al
	andb	$0xfe, %al
	outb	%al, $0x92
4:
	cli
	xorl	%esi, %esi
	movw	%ds, %si
	shll	$4, %esi
	addl	%esi, gdt_base
	addl	%esi, far_offset
	lgdt	gdt_limit
	movl	CODE32_START, %ebx
	popl	%eax
	popl	%edx
	movl	%cr0, %ecx
	orb	$1, %cl
	movl	%ecx, %cr0
	ljmpl	*far_offset

	.code32
flat:
	movl	$0x18, %ecx
	movl	%ecx, %ds
	movl	%ecx, %es
	movl	%ecx, %fs
	movl	%ecx, %gs
	movl	%ecx, %ss
	addl	$0x100, %ebx
	jmp	*%ebx

	.balign	8
gdt:	.quad	0, 0
	.quad	0x00cf9a000000ffff	/* 0x10: flat code (boot.rst) */
	.quad	0x00cf92000000ffff	/* 0x18: flat data */
	.word	0
gdt_limit:
	.word	. - gdt - 3
gdt_base:
	.long	gdt
far_offset:
	.long	flat
	.word	0x10
