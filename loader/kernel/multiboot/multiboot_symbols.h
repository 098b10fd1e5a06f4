/* An ELF kernel's section headers and symbols, which Multiboot 1 hands over. */
#ifndef LOADER_KERNEL_MULTIBOOT_MULTIBOOT_SYMBOLS_H
#define LOADER_KERNEL_MULTIBOOT_MULTIBOOT_SYMBOLS_H

#include "loader/handover.h"
#include "loader/kernel/multiboot/multiboot_image.h"

/*
 * Put the headers of FILE's sections, and the sections that are in no segment,
 * above IMG into M; *ADDR is where the headers are, 0 when there are none, they
 * make no sense or have no room.  ERR_NO_MEMORY (ours), ERR_READ.
 */
int multiboot_symbols_place(const struct multiboot_image *img,
			    struct file *file, struct memmap *m,
			    struct arena *arena, struct handover *ho,
			    uint32_t *addr);

#endif
