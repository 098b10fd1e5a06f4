/*
 * Xen's virtual block devices: all of device/vbd in numeric order.
 */
#ifndef PVBOOT_GUEST_BLKFRONT_H
#define PVBOOT_GUEST_BLKFRONT_H

#include "loader/base/arena.h"
#include "loader/disk/blk.h"

#define BLKFRONT_MAX 16u

/*
 * Connect to all of them; returns how many there are, DISK[i] is hd<i>.  One
 * that does not connect is there all the same, with no sectors.
 */
unsigned blkfront_connect(struct arena *arena, struct blk *disk[BLKFRONT_MAX]);

/*
 * The name of a disk that was given up, and whose backend has pages of ours
 * that it may still write to; NULL: there is none.
 */
const char *blkfront_stuck(void);

/*
 * Give everything back and leave each device as a kernel expects to find it:
 * our end "initialising", the backend's "waiting for init".
 */
void blkfront_close(void);

#endif
