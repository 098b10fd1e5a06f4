/*
 * hv.elf: loaded at 1 MiB, running at HV_IMAGE + its physical address.  (hv.efi
 * loads it elsewhere and leaves it running there.)
 * Sections of different rights begin on pages of their own: memory.c maps them.
 */
#include "pvboot/hv/machine/layout.h"

OUTPUT_FORMAT(elf64-x86-64)
ENTRY(boot_entry_pa)

boot_entry_pa = boot_entry - HV_IMAGE;

SECTIONS
{
	. = HV_IMAGE + 0x100000;
	image_start = .;
	.text : AT(ADDR(.text) - HV_IMAGE) {
		KEEP(*(.multiboot))
		/* On few pages: after each load of CR3 one costs a walk. */
		*(.text.hot .text.hot.*)
		*(.text .text.*)
	}
	. = ALIGN(4096);
	image_rodata = .;
	.note.Xen : AT(ADDR(.note.Xen) - HV_IMAGE) {
		KEEP(*(.note.Xen))
	}
	.rodata : AT(ADDR(.rodata) - HV_IMAGE) {
		*(.rodata .rodata.*)
		. = ALIGN(8);
		extable_start = .;
		KEEP(*(.extable))
		extable_end = .;
		. = ALIGN(4096);
		blob_start = .;
		KEEP(*(.blob))
		blob_end = .;
	}
	. = ALIGN(4096);
	image_data = .;
	.data : AT(ADDR(.data) - HV_IMAGE) {
		*(.data .data.*)
	}
	.bss : AT(ADDR(.bss) - HV_IMAGE) {
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
	}
	image_end = .;
	/DISCARD/ : {
		*(.comment .note .note.GNU* .note.gnu* .eh_frame)
	}

	ASSERT(boot_multiboot - image_start < 8192 - 48, "Multiboot 3.1")
	/* Own code and data, without the carried loader. */
	ASSERT(SIZEOF(.text) + SIZEOF(.rodata) + SIZEOF(.data)
	       - (blob_end - blob_start) <= 212992, "208 KiB")
	/* 2 MiB are mapped for the image's 4 KiB pages. */
	ASSERT(image_end - image_start <= IMAGE_MAX, "boot tables")
}
