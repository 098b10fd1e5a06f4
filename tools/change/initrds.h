/* The initrds of an image: which they are, and more put behind them. */
#ifndef TOOLS_CHANGE_INITRDS_H
#define TOOLS_CHANGE_INITRDS_H

#include "tools/change/imagecopy.h"

#define INITRDS_MAX 64

struct initrds {
	unsigned n;
	struct hostboot_place at[INITRDS_MAX];
	uint64_t first[INITRDS_MAX]; /* byte of the disk: tells files apart */
	const char *none;	/* n == 0: why; NULL: the entry fails anyway */
};

/*
 * With a menu.lst on DISK: the one that its default entry loads, the last if
 * there are several, because the kernel unpacks them in order.  Else every
 * file that is named like one where boot loaders keep them.
 */
void initrds_find(struct initrds *list, struct blk *disk);

/*
 * Whether an initrd of a disk without menu.lst, FD called IMAGE, has our own
 * init in it, which reports.  Few are looked into.
 */
bool initrds_report(const char *image, int fd);

/*
 * Put the LEN bytes of a cpio archive at CPIO behind the file AT.  0, or -1
 * with an error reported.
 */
int initrds_append(const struct imagecopy *c, const struct hostboot_place *at,
		   const void *cpio, size_t len);

#endif
