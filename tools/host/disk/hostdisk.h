/* A file of the host as a disk of the loader. */
#ifndef TOOLS_HOST_DISK_HOSTDISK_H
#define TOOLS_HOST_DISK_HOSTDISK_H

#include "loader/disk/blk.h"

struct hostdisk {
	struct blk blk;		/* use this */
	int fd;			/* not ours to close */
	uint64_t offset;	/* bytes of it that are skipped */
};

/*
 * FD, with SECTOR bytes a sector, as NAME ("hd0").  A last part that is not a
 * whole sector cannot be read.  0 or ERR_READ.
 */
int hostdisk_attach(struct hostdisk *d, const char *name, int fd,
		    uint32_t sector);

/* Let D be written to as well: its descriptor is open for that. */
void hostdisk_writable(struct hostdisk *d);

/*
 * The sector size of the disk image FD: 4096 when a GPT, FAT's boot sector or
 * the first partition of an MBR is where it would be with that size, and not
 * with 512, which is the answer otherwise.
 */
uint32_t hostdisk_sector(int fd);

#endif
