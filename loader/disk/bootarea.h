/*
 * The boot area: the room beside the partitions where boot code lies.  Stage 2
 * is at its head; its end is kept for what is found without a file system, in
 * units of 4,096 bytes, counted from the end:
 *	0	the settings block
 *	1, 2	the environment block's two copies
 */
#ifndef LOADER_DISK_BOOTAREA_H
#define LOADER_DISK_BOOTAREA_H

#include "loader/disk/part.h"

#define BOOTAREA_UNIT 4096u	/* bytes; a multiple of every sector size */

enum { BOOTAREA_SETTINGS, BOOTAREA_ENV_A, BOOTAREA_ENV_B, BOOTAREA_UNITS };

struct bootarea {
	uint64_t first, sectors;
};

/*
 * DISK's, by its table PARTS: GPT's BIOS boot partition, or what lies between
 * an MBR and the first partition.  False: there is none.
 */
bool bootarea_find(const struct blk *disk, const struct part_list *parts,
		   struct bootarea *area);

/* The first sector of AREA's unit N.  False: AREA is too small to have it. */
bool bootarea_unit(const struct blk *disk, const struct bootarea *area,
		   unsigned n, uint64_t *lba);

#endif
