/* The lists of extents by which boot blocks say where stage 2 lies. */
#ifndef LOADER_DISK_BOOTLIST_H
#define LOADER_DISK_BOOTLIST_H

#include "loader/disk/blk.h"
#include "loader/disk/bootblock.h"

/*
 * Read SECTORS sectors to TO by the extents of LIST from number FROM on, of
 * which there are MAX at most; the first SKIP sectors are passed over.
 * ERR_READ, also for a list that ends before; ERR_OUTSIDE_PARTITION.
 */
int bootlist_read(struct blk *disk, const struct boot_list *list, unsigned from,
		  unsigned max, uint32_t skip, uint32_t sectors, uint8_t *to);

#endif
