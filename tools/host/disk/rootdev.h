/* Which partition a kernel's root= means. */
#ifndef TOOLS_HOST_DISK_ROOTDEV_H
#define TOOLS_HOST_DISK_ROOTDEV_H

#include "loader/disk/part.h"

/* Partitions are numbered from 1, as the kernel names them. */
enum { ROOTDEV_UNKNOWN = -1, ROOTDEV_WHOLE = 0 };

/* The last root= of CMDLINE, or "". */
void rootdev_word(const char *cmdline, char root[128]);

/* "/dev/vda1", "/dev/nvme0n1p1", "/dev/xvda": 1, 1, ROOTDEV_WHOLE. */
int rootdev_part(const char *device);

/*
 * The last root= of CMDLINE, a device, UUID=, LABEL= or PARTUUID=, on the disk
 * that is open as FD, with PARTS (n is 0: none) of SECTOR bytes a sector.
 */
int rootdev_find(const char *cmdline, int fd, const struct part_list *parts,
		 uint32_t sector);

#endif
