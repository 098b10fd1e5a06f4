/* CDs that boot. */
#ifndef TOOLS_HOST_DISK_ELTORITO_H
#define TOOLS_HOST_DISK_ELTORITO_H

#include <stdbool.h>

#include "loader/disk/blk.h"

struct eltorito {
	bool bios, uefi;	/* it has a boot image for that firmware */
};

/*
 * What DISK's boot catalog has; nothing if it is no CD, or has a boot sector as
 * well, by which it is a disk.
 */
struct eltorito eltorito_read(struct blk *disk);

#endif
