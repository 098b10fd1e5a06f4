/*
 * Processor exceptions 0..31 in long mode: only our own bugs raise them, so
 * each ends in bios_trap(), which does not come back.  Entry: interrupt gate,
 * 64-bit.  RDI = struct bios_trap_frame: vector and error code, then what the
 * processor pushed.
 */
	.text
	.code64
	.globl	bios_trap_stubs
	.balign	16
bios_trap_stubs:
	.set	vector, 0
	.rept	32
	.balign	16
	/* 8, 10..14, 17, 21, 29, 30 push an error code (SDM 3, 6.15) */
	.if	!((0x60227d00 >> vector) & 1)
	pushq	$0
	.endif
	pushq	$vector
	jmp	trapped
	.set	vector, vector + 1
	.endr
trapped:
	movq	%rsp, %rdi
	andq	$-16, %rsp
	cld
	call	bios_trap
