/*
 * Partition tables: MBR with logical partitions, and GPT.  Numbers are
 * GRUB's: 0-based, MBR primaries 0-3, logical ones from 4, GPT entry index.
 */
#ifndef LOADER_DISK_PART_H
#define LOADER_DISK_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/disk/blk.h"

#define PARTS_MAX 255		/* 0 to 254, the numbers that GRUB knows */

enum part_table { PART_NONE, PART_MBR, PART_GPT };

struct part {
	unsigned number;
	uint64_t first, count;	/* sectors; as the table says, unchecked */
	uint8_t mbr_type;	/* MBR: system id; 0 with GPT */
	bool active;		/* MBR: 0x80 flag; GPT: legacy BIOS bootable */
	uint8_t type_guid[16], guid[16];	/* GPT, as on disk */
};

/*
 * What a disk has: its table and its partitions, in the table's order.  What is
 * wrong with one part of a table leaves the others as they are, and is told by
 * part_open() when a partition is asked for that may be in that part.
 */
struct part_list {
	enum part_table table;
	bool from_backup;	/* GPT: the first header or table was broken */
	char remark[112];	/* what is wrong, or a limit of ours; or "" */
	unsigned missing_from;	/* numbers from here on may be missing: */
	int missing_err;	/* ERR_PARTITION_TABLE; ERR_NO_MEMORY: limit */
	unsigned n;
	struct part part[PARTS_MAX];
};

/*
 * Read DISK's partition table.  A disk without one (no signature, or only a
 * file system's boot sector) gives PART_NONE and n == 0.  A partition that
 * reaches past the end of the disk is listed as it is.
 * ERR_PARTITION_TABLE: both GPT copies broken; ERR_READ.
 */
int part_read(struct blk *disk, struct part_list *list);

/* Whether P is an EFI system partition. */
bool part_is_esp(const struct part *p);

/* The first EFI system partition, as firmware takes it, or NULL. */
const struct part *part_esp(const struct part_list *list);

/* The partition of that number, or NULL. */
const struct part *part_find(const struct part_list *list, unsigned number);

struct part_blk {
	struct blk blk;		/* use this */
	struct blk *disk;
	uint64_t first;
};

/*
 * Make OUT the partition NUMBER (GRUB's) of DISK, which must outlive it; of a
 * partition that ends past the disk's end, what is there.
 * ERR_NO_PARTITION when there is none, list->missing_err when there may be
 * one; ERR_PARTITION_TABLE when it begins past the disk's end.
 */
int part_open(struct blk *disk, const struct part_list *list, unsigned number,
	      struct part_blk *out);

/* The partition that B is, NULL for a whole disk. */
const struct part_blk *part_of(const struct blk *b);

#endif
