/*
 * What ran before the hypervisor: a Multiboot kernel whose first module is
 * hv.elf.  It spoils what a reset would set (SYSENTER, PAT, TSC_AUX, LDTR,
 * debug and vector registers) and fills memory with OLD_VALUE; next.S starts
 * hv.elf.  32-bit protected mode; ebx = Multiboot information.
 */
	.set OLD_VALUE, 0x796172746570656b

	.code32
	.section .multiboot, "ax"
	.long 0x1BADB002, 3, -(0x1BADB002 + 3)

	.macro MSR nr, high, low
	mov $\nr, %ecx
	mov $\high, %edx
	mov $\low, %eax
	wrmsr
	.endm

	/* [from, to) full of OLD_VALUE */
	.macro FILL from, to
	mov $\from, %edi
1:	movl $(OLD_VALUE & 0xffffffff), (%edi)
	movl $(OLD_VALUE >> 32), 4(%edi)
	add $8, %edi
	cmp $\to, %edi
	jb 1b
	.endm

	.text
	.globl old_start
old_start:
	cli
	cld
	mov %ebx, %ebp
	/* Between hv.elf and us, and above our modules. */
	FILL 0x00400000, 0x01700000
	FILL 0x02800000, 0x03e00000

	MSR 0x174, 0, 0x10		/* SYSENTER_CS, ESP, EIP */
	MSR 0x175, 0xffffffff, 0x80200000
	MSR 0x176, 0xffffffff, 0x80100000
	MSR 0x277, 0x01010101, 0x01010101	/* PAT: write combining */
	mov $0x80000001, %eax
	cpuid
	bt $27, %edx			/* RDTSCP */
	jnc 2f
	MSR 0xc0000103, 0, 0x5a5a
2:	mov $0xc0000080, %ecx		/* EFER: all of it that is there */
	rdmsr
	or $0x4801, %eax
	wrmsr

	mov $0x02800000, %eax		/* debug registers */
	mov %eax, %dr0
	mov %eax, %dr3
	mov $0x000d04c3, %eax
	mov %eax, %dr7

	mov %cr4, %eax
	or $0x600, %eax
	mov %eax, %cr4
	fninit
	fldpi
	movl $0x1fbf, scratch
	ldmxcsr scratch
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7
	movups 0x02800000, %xmm\n
	.endr

	lgdt gdtr
	mov $0x18, %ax
	lldt %ax

	jmp next

	.balign 8
gdt:	.quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
	/* An LDT with a call gate to ring 0 would lie here. */
	.quad 0x0200828000000fff
gdtr:	.word 31
	.long gdt
	.bss
	.balign 16
scratch: .skip 16
	.section .note.GNU-stack, "", @progbits
