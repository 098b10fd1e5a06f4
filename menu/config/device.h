/*
 * Devices as menu.lst writes them, "(hd0,1)", and the file systems on them.
 */
#ifndef MENU_CONFIG_DEVICE_H
#define MENU_CONFIG_DEVICE_H

#include "loader/disk/part.h"
#include "loader/platform.h"

struct device {
	uint32_t disk; /* hdN; DEVICE_NONE: a drive that we never have */
	int32_t part;		/* GRUB's number; -1: the whole disk */
};

#define DEVICE_NONE UINT32_MAX
#define MOUNTS 8

struct mount {
	struct device dev;
	struct fs fs;
	struct part_blk part;
};

/*
 * What is mounted.  All that it points to comes from the platform's arena, so
 * a copy of it and an arena mark, both put back, undo what was mounted since.
 */
struct mounts {
	const struct platform *p;
	struct part_list *parts;	/* of disk parts_disk */
	uint32_t parts_disk;
	uint8_t hd0;	/* not 0: (hd0) is its partition of this number - 1 */
	unsigned n;
	struct mount *mount[MOUNTS];
};

/*
 * Read the device at *S, leaving *S behind its ")"; without a "(" there, or
 * for what the parentheses leave out, ROOT.  ERR_DEVICE_NAME, ERR_NUMBER,
 * ERR_NO_PARTITION for a BSD letter.
 */
int device_parse(const char **s, struct device root, struct device *out);

/* "(hd0,1)" into BUF, at least 24 bytes. */
void device_name(struct device dev, char *buf, size_t size);

/* Have DISK's partition table in m->parts; DISK must exist. */
int device_partitions(struct mounts *m, uint32_t disk);

/*
 * What DEV means by m->hd0: the setting is for disks that have a table.
 */
struct device device_real(struct mounts *m, struct device dev);

/* ERR_NO_DISK, ERR_NO_PARTITION, ERR_PARTITION_TABLE, ERR_FS_MOUNT, ... */
int device_mount(struct mounts *m, struct device dev, struct fs **out);

/*
 * Open the file NAME, "(hd0,0)/path", "/path" on ROOT, or "(hd0)0+1,5+3".
 * ERR_FILENAME; what device_mount(), fs_open() and blocklist_open() give.
 */
int device_open(struct mounts *m, struct device root, const char *name,
		struct file *out);

#endif
