/*
 * Linker script of stage 2 (run through cpp).  Both parts are linked at once;
 * the first may use of the second only the table at its start.
 */
#include "loader/disk/bootblock.h"
#include "mbr/bios/layout.h"

OUTPUT_FORMAT("elf64-x86-64")
ENTRY(_start)

#define ALL .text .text.* .rodata .rodata.* .data .data.* .bss .bss.* COMMON

SECTIONS
{
	. = SECOND_ADDR;
	.second : {
		KEEP(*(.second.head))
		*libshared-boot.a:*unpack*.o(ALL)
		*libshared-boot.a:paths_bios.o(ALL)
		*libshared-boot.a:multiboot.o(ALL)
		*libshared-boot.a:multiboot_[ips]*.o(ALL)
		*libshared-boot.a:segment.o(ALL)
		*libshared-boot.a:*hv.o(ALL)
		*libshared-boot.a:pvh.o(ALL) *libshared-boot.a:join.o(ALL)
		*mbr/bios/hv.o(ALL)
		*libshared-boot.a:xenpv_notes.o(ALL)
		*libshared-boot.a:bootsector.o(ALL)
		*libshared-boot.a:subfile.o(ALL) *libshared-boot.a:uki*.o(ALL)
		*libshared-boot.a:fit*.o(ALL) *libshared-boot.a:carried.o(ALL)
		*mbr/bios/facts.o(ALL) *mbr/bios/chain.o(ALL)
		*mbr/bios/drive_map.o(ALL) *mbr/bios/vbe.o(ALL)
		*unpack/boot/libs.o(ALL) *unpack/boot/crc32.o(ALL)
		*libz.a:*(ALL)
		*libshared-boot.a:hash.o(ALL)
		*libshared-boot.a:blk_write.o(ALL)
		*libshared-boot.a:bls*.o(ALL) *libshared-boot.a:color.o(ALL)
		*libshared-boot.a:complete.o(ALL)
		*libshared-boot.a:crypt*.o(ALL)
		*libshared-boot.a:auth.o(ALL)
		*libshared-boot.a:drives.o(ALL)
		*libshared-boot.a:env*.o(ALL)
		*libshared-boot.a:extra.o(ALL)
		*libshared-boot.a:fs_write.o(ALL)
		*libshared-boot.a:help.o(ALL)
		*libshared-boot.a:parttype.o(ALL)
		*libshared-boot.a:prompt.o(ALL)
		*libshared-boot.a:save.o(ALL) *libshared-boot.a:menu.o(ALL)
		*libshared-boot.a:shell.o(ALL)
		*libshared-boot.a:show.o(ALL)
		*libshared-boot.a:terminal.o(ALL) *libshared-boot.a:upper.o(ALL)
		*libshared-boot.a:tries.o(ALL)
		*libmd.a:*(ALL)
		. = ALIGN(512);
	}
	second_size = SIZEOF(.second);

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

NOCROSSREFS_TO(.second .text .rodata .data .bss)

ASSERT(second_size <= STAGE2_SECOND_MAX && second_size <= SECOND_ROOM,
       "stage2.bin's second part is too long")
ASSERT(stage2_size <= STAGE2_MAX, "stage2.bin is too long")
ASSERT(stage2_size % 512 == 0, "stage2.bin is not whole sectors")
ASSERT(__bss_end <= BSS_END, "stage 2's .bss is too long")
ASSERT(bios_pml4 % 4096 == 0 && bios_pdpt == bios_pml4 + 4096 &&
       bios_pd == bios_pdpt + 4096, "page tables")
ASSERT(BOUNCE_ADDR >= STAGE2_ADDR + STAGE2_MAX &&
       BOUNCE_ADDR / 0x10000 == (BOUNCE_ADDR + BOUNCE_SIZE - 1) / 0x10000 &&
       BSS_ADDR >= BOUNCE_ADDR + BOUNCE_SIZE, "the bounce buffer")
