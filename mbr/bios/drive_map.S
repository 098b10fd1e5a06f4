/*
 * What stays in memory when a boot sector is started with drives mapped: INT
 * 13h with the drive's number exchanged, and INT 15h AX=E820h without the
 * memory that this is in.  Real mode; CS:0 is its first byte.
 */
#define R(symbol) ((symbol) - bios_drive_map)
#define FLAG_CARRY 1
#define E820_RAM 1

	.section .rodata.drive_map, "a"
	.code16
	.balign	16
	.globl	bios_drive_map, bios_drive_map_end
bios_drive_map:				/* struct resident */
start:	.long	0
old13:	.long	0
old15:	.long	0
map:	.fill	9, 2, 0
	.word	R(int13), R(int15)
	.word	0

int13:	pushw	%si
	pushw	%ax
	movw	$R(map), %si
1:	lodsw	%cs:(%si), %ax		/* AL: from, AH: to */
	testw	%ax, %ax
	jz	pass13
	cmpb	%al, %dl
	jne	1b
	pushw	%dx
	pushw	%bp
	movw	%sp, %bp		/* 0: BP DX AX SI IP CS FLAGS */
	movb	%ah, %dl
	movw	4(%bp), %ax
	movw	6(%bp), %si
	pushw	(%bp)
	popw	%bp
	pushfw
	lcallw	*%cs:R(old13)
	pushw	%bp			/* what the BIOS gave back */
	movw	%sp, %bp		/* 0: BP, 2: BP DX AX SI IP CS FLAGS */
	jc	2f
	andb	$~FLAG_CARRY, 14(%bp)
	jmp	3f
2:	orb	$FLAG_CARRY, 14(%bp)
3:	cmpb	$0x08, 7(%bp)		/* these answer in DX */
	je	4f
	cmpb	$0x15, 7(%bp)
	je	4f
	movb	4(%bp), %dl
4:	popw	%bp
	addw	$8, %sp
	iretw

pass13:	popw	%ax
	popw	%si
	ljmpw	*%cs:R(old13)

int15:	cmpl	$0xe820, %eax
	je	1f
	ljmpw	*%cs:R(old15)
1:	pushfw
	lcallw	*%cs:R(old15)
	pushw	%bp
	movw	%sp, %bp		/* 0: BP IP CS FLAGS */
	jc	2f
	andb	$~FLAG_CARRY, 6(%bp)
	cmpl	$0, %es:4(%di)		/* the base is below 4 GiB, */
	jne	3f
	cmpl	$E820_RAM, %es:16(%di)
	jne	3f
	pushl	%eax
	movl	%cs:R(start), %eax
	subl	%es:(%di), %eax		/* below us, */
	jbe	4f
	cmpl	%eax, %es:8(%di)	/* and reaches up to us: cut it */
	jbe	4f
	movl	%eax, %es:8(%di)
4:	popl	%eax
3:	popw	%bp
	iretw
2:	orb	$FLAG_CARRY, 6(%bp)
	jmp	3b
bios_drive_map_end:
