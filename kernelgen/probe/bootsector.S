/*
 * A boot sector that says on COM1 which drive it was told of, in DL, and the
 * partition's entry that SI points to; 0 when it points to none.
 *
 *	PROBE {"entry":"bootsector","drive":"80","partition":"800001..."}
 *
 * Then it resets the machine: no more fits.
 */
#define COM1 0x3f8
#define ENTRY 16

	.code16
	.text
	.globl	_start
_start:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7c00, %sp
	ljmp	$0, $1f
1:	cld
	movw	%si, %bp
	movw	$head, %si
	call	text
	movb	%dl, %al
	call	hex
	movw	$middle, %si
	call	text
	movw	%bp, %si
	movw	$ENTRY, %cx
	testw	%si, %si
	jnz	2f
	movw	$1, %cx
	movw	$zero, %si
2:	lodsb
	call	hex
	loop	2b
	movw	$tail, %si
	call	text
	movw	$0x472, %bx		/* a cold start */
	movw	$0, (%bx)
	movw	$0xcf9, %dx
	movb	$6, %al
	outb	%al, %dx
3:	hlt
	jmp	3b

/* The string at SI. */
4:	call	put
text:	lodsb
	testb	%al, %al
	jnz	4b
	ret

/* AL in two digits. */
hex:	pushw	%ax
	shrb	$4, %al
	call	5f
	popw	%ax
	andb	$15, %al
5:	cmpb	$10, %al
	sbbb	$0x69, %al		/* '0' to '9', 'A' to 'F' */
	das
put:	pushw	%dx
	pushw	%ax
	movw	$COM1 + 5, %dx
6:	inb	%dx, %al
	testb	$0x20, %al
	jz	6b
	movw	$COM1, %dx
	popw	%ax
	outb	%al, %dx
	popw	%dx
	ret

head:	.asciz	"\r\nPROBE {\"entry\":\"bootsector\",\"drive\":\""
middle:	.asciz	"\",\"partition\":\""
tail:	.asciz	"\"}\r\n"
zero:	.byte	0
	.org	510
	.word	0xaa55
