/* Linked into a guest, this asks for the p2m list outside of the first map. */
	.section .note.Xen, "a", @note
	.balign 4
	.long 4, 8, 15		/* XEN_ELFNOTE_INIT_P2M */
	.asciz "Xen"
	.quad 0x8000000000
	.balign 4
	.section .note.GNU-stack, "", @progbits
