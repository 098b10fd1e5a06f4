/* hv.elf beside stage 2, in the boot area (loader/disk/bootblock.h). */
#ifndef LOADER_DISK_BOOTHV_H
#define LOADER_DISK_BOOTHV_H

#include "loader/disk/bootlist.h"

/* Where a boot block's list says that it is. */
struct boothv {
	struct blk *disk;
	const struct boot_list *list;
	unsigned max;		/* extents that the list has room for */
	uint32_t skip;		/* sectors: stage 2's second part */
	struct hv_head head;	/* boothv_find() reads it */
};

/*
 * Read HV's head; its other members are set.  ERR_FILE_NOT_FOUND, without a
 * message: the list has none.  ERR_READ, also when it is damaged.
 */
int boothv_find(struct boothv *hv);

/* The bytes that boothv_read() writes. */
uint32_t boothv_room(const struct boothv *hv);

/* All of it to TO, checked; the file is the first head.size bytes. */
int boothv_read(const struct boothv *hv, uint8_t *to);

/* What HEAD is for the LEN bytes at FILE, zeroes up to a whole sector. */
void boothv_head(struct hv_head *head, const void *file, uint32_t len);

#endif
