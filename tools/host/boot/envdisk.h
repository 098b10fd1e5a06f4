/* The environment block of a disk image, or of a disk of this machine. */
#ifndef TOOLS_HOST_BOOT_ENVDISK_H
#define TOOLS_HOST_BOOT_ENVDISK_H

#include "menu/tries.h"
#include "tools/host/disk/hostdisk.h"

struct envdisk {
	struct hostdisk disk;
	struct blk *disks[1];
	struct arena arena;
	struct platform p;
	struct mounts m;
	struct config c;
	struct envstore s;
};

enum envdisk_need {
	ENVDISK_READ,		/* FD need not be open for writing */
	ENVDISK_WRITE,
	ENVDISK_MAKE,		/* and make one, if there is none */
};

/*
 * Find the one of the disk FD, called NAME; a boot finds the same.  0, or an
 * error of tries_find() or tries_make().  E is for envdisk_close().
 */
int envdisk_open(struct envdisk *e, int fd, const char *name,
		 enum envdisk_need need);
void envdisk_close(struct envdisk *e);

/* TEXT, "NAME=VALUE" or "NAME=" for none, into e->s.env.  ERR_ARGUMENT. */
int envdisk_set(struct envdisk *e, const char *text);

#endif
