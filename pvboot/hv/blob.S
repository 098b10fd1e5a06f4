/*
 * The PV loader that hv.elf carries: what the guest runs when no kernel is
 * given, or one that is packed.  A copy of build/boot/pvboot.elf.
 */
	.section .blob, "a"
	.balign 4096
	.incbin "pvboot.elf"

	.section .note.GNU-stack, "", @progbits
