/* The image that is adopted: what it has, and what is wrong with it. */
#ifndef TOOLS_ADOPT_OLD_H
#define TOOLS_ADOPT_OLD_H

#include "loader/disk/part.h"
#include "tools/adopt/entries.h"
#include "tools/adopt/fstab.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/disk/image.h"

#define OLD_SECTOR 512u

struct old {
	const struct image *image;
	struct hostdisk disk;
	struct part_list parts;
	bool bare;		/* a file system without a table */
	uint64_t size;		/* bytes: whole sectors */
	uint64_t first;		/* the sector where the first partition is */
	/* Of a GPT: sectors before this one, and entries that can be named: */
	uint64_t table_end;
	unsigned table_entries;
	/* Of the root file system: */
	int root;		/* its partition, GRUB's number; -1: all */
	char fs_type[16];	/* "ext4", "" for one that is not read */
	bool unclean;		/* its journal has something to be replayed */
	char root_name[80];	/* root= of the entry that starts */
	struct entries entries;
	struct fstab fstab;
};

/*
 * Look at IMAGE, whose kernels firmware may start if PV_AUTO.  -1 with an error
 * reported for what cannot be adopted: no disk, no menu.lst, damaged tables,
 * file systems that are cut short.
 */
int old_read(struct old *o, const struct image *image, bool pv_auto);

/* Whether P holds data, not other partitions. */
bool old_is_data(const struct old *o, const struct part *p);

#endif
