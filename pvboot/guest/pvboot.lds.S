/* Mapped at VIRT_BASE, loaded from pseudo-physical 0 on (in tests, LOAD). */
#include "pvboot/guest/layout.h"

ENTRY(_start)
LOAD = DEFINED(LOAD) ? LOAD : 0;

PHDRS
{
	text PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
	note PT_NOTE FLAGS(4);
}

SECTIONS
{
	. = VIRT_BASE + LOAD;
	image_start = .;
	.text : AT(ADDR(.text) - VIRT_BASE) {
		*(.text.start) *(.text .text.*)
	} :text
	.note.Xen : AT(ADDR(.note.Xen) - VIRT_BASE) {
		KEEP(*(.note.Xen))
	} :text :note
	.rodata : AT(ADDR(.rodata) - VIRT_BASE) {
		*(.rodata .rodata.*) *(.eh_frame)
	} :text
	. = ALIGN(4096);
	.data : AT(ADDR(.data) - VIRT_BASE) {
		*(.data .data.*) *(.got .got.plt) *(.init_array*)
	} :data
	.bss : AT(ADDR(.bss) - VIRT_BASE) {
		*(.bss .bss.*) *(COMMON)
	} :data
	image_end = ALIGN(4096);
	/DISCARD/ : { *(.note.gnu.*) *(.comment) *(.eh_frame_hdr) }
}

ASSERT(_start == VIRT_BASE + LOAD, "the entry is the first instruction")
ASSERT(image_end - image_start < 3 << 20, "the initial map is 4 MiB")
