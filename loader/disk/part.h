/*
 * Partition tables: MBR with logical partitions, and GPT.  Numbers are
 * GRUB's: 0-based, MBR primaries 0-3, logical ones from 4, GPT entry index.
 */
#ifndef LOADER_DISK_PART_H
#define LOADER_DISK_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/disk/blk.h"

enum part_table { PART_NONE, PART_MBR, PART_GPT };

struct part {
	unsigned number;
	uint64_t first, count;	/* sectors of the disk */
	uint8_t mbr_type;	/* MBR: system id; 0 with GPT */
	bool active;		/* MBR: 0x80 flag; GPT: legacy BIOS bootable */
	uint8_t type_guid[16], guid[16];	/* GPT, as on disk */
};

/* What a disk has: its table and the partitions in number order. */
struct part_list {
	enum part_table table;
	bool from_backup;	/* GPT: the first header was broken */
	unsigned n;
	struct part part[128];
};

/*
 * Read DISK's partition table.  A disk without one gives PART_NONE and n == 0.
 * ERR_PARTITION_TABLE for a broken one (chain loops, partitions past the end),
 * ERR_READ.
 */
int part_read(struct blk *disk, struct part_list *list);

/*
 * Make OUT the partition NUMBER (GRUB's) of DISK, which must outlive it.
 * ERR_NO_PARTITION when the table has none of that number.
 */
struct part_blk {
	struct blk blk;		/* use this */
	struct blk *disk;
	uint64_t first;
};
int part_open(struct blk *disk, const struct part_list *list, unsigned number,
	      struct part_blk *out);

#endif
