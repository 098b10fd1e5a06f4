/* What a Multiboot 1 image is told, in one block of memory. */
#ifndef LOADER_KERNEL_MULTIBOOT_MULTIBOOT_INFO_H
#define LOADER_KERNEL_MULTIBOOT_MULTIBOOT_INFO_H

#include "loader/bios_facts.h"
#include "loader/kernel/kernel.h"
#include "loader/kernel/multiboot/multiboot_image.h"
#include "loader/picture.h"

struct multiboot_place {
	uint32_t start, end;	/* physical */
};

struct multiboot_told {
	const struct multiboot_image *image;
	const struct boot_entry *entry;
	const struct memmap *map;
	const struct bios_facts *bios;	/* NULL: there is none */
	const struct picture *picture;	/* NULL: none was asked for */
	uint32_t sections;		/* multiboot_symbols_place() */
	struct multiboot_place module[BOOT_MODULES];
};

/* Bytes of the block. */
size_t multiboot_info_size(const struct multiboot_told *t);

/* Write it to the zeroed SIZE bytes at BLOCK, which will be at address ADDR. */
void multiboot_info_write(const struct multiboot_told *t, uint8_t *block,
			  uint64_t addr, size_t size);

#endif
