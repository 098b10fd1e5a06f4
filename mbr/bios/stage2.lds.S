/* Linker script of stage 2 (run through cpp). */
#include "loader/disk/bootblock.h"
#include "mbr/bios/layout.h"

OUTPUT_FORMAT("elf64-x86-64")
ENTRY(_start)

SECTIONS
{
	. = STAGE2_ADDR;
	.text : { KEEP(*(.head)) *(.text .text.*) }
	.rodata : { *(.rodata .rodata.*) }
	.data : {
		*(.data.start) *(.data.real)
		*(.data .data.* .got .got.*)
		. = ALIGN(512);
	}
	stage2_size = . - STAGE2_ADDR;

	. = BSS_ADDR;
	__bss_start = .;
	.bss (NOLOAD) : { KEEP(*(.bss.start)) *(.bss .bss.* COMMON) }
	. = ALIGN(4);
	__bss_longs = (. - __bss_start) / 4;
	__bss_end = .;

	/DISCARD/ : { *(.comment .note .note.* .eh_frame) }
}

ASSERT(stage2_size <= STAGE2_MAX, "stage2.bin is too long")
ASSERT(stage2_size % 512 == 0, "stage2.bin is not whole sectors")
ASSERT(__bss_end <= BSS_END, "stage 2's .bss is too long")
ASSERT(bios_pml4 % 4096 == 0 && bios_pdpt == bios_pml4 + 4096 &&
       bios_pd == bios_pdpt + 4096, "page tables")
ASSERT(BOUNCE_ADDR >= STAGE2_ADDR + STAGE2_MAX &&
       BOUNCE_ADDR / 0x10000 == (BOUNCE_ADDR + BOUNCE_SIZE - 1) / 0x10000 &&
       BSS_ADDR >= BOUNCE_ADDR + BOUNCE_SIZE, "the bounce buffer")
