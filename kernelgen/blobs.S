/* The probes' code, made by the Makefile. */
	.section .rodata
	.macro	blob name, file
	.globl	\name, \name\()_end
	.balign	16
\name:	.incbin	"\file"
\name\()_end:
	.endm

	blob	probe_setup16, "setup16.bin"
	blob	probe_flat, "flat.bin"
	blob	probe_bootsector, "bootsector.bin"
	blob	probe_multiboot, "elf32-multiboot"
	blob	probe_multiboot2, "elf32-multiboot2"
	blob	probe_pvh, "elf-pvh"
	blob	probe_xen_raw, "xenpv-raw.elf"
	blob	probe_xen_page, "xenpv-page.elf"

	.section .note.GNU-stack, "", @progbits
