/* The hypervisor that hv.efi carries: hv.elf with its 64-bit entry. */
	.section .rodata.blob, "a"
	.balign 4096
	.globl blob_hv
blob_hv:
	.incbin "hv64.elf"

	.section .note.GNU-stack, "", @progbits
