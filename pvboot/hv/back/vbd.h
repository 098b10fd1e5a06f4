/*
 * A block device of the guest's: what it sees as xvda and so on.  vbd.c speaks
 * with the front end through xenstore, blkback.c moves requests.
 */
#ifndef PVBOOT_HV_BACK_VBD_H
#define PVBOOT_HV_BACK_VBD_H

#include "pvboot/hv/back/backend.h"
#include "pvboot/hv/back/blkring_back.h"
#include "pvboot/hv/drivers/disk.h"

enum { VBD_SLOTS = 48 };

/* A request on its way. */
struct vbd_slot {
	struct vbd *vbd;
	struct vbd_slot *next;	/* when free, or waiting for the disk */
	struct blk_io io;
	void *page[BLKRING_SEGS];	/* granted, as far as not NULL */
	uint64_t discarded;	/* sectors of a discard that are done */
	struct disk_request disk;
};

struct vbd {
	struct backend b;
	struct disk *disk;
	uint64_t first;		/* sector of the disk */
	struct blk_limits limits;
	struct blkring_back ring;
	struct backend_page ring_page[BLKRING_PAGES];
	unsigned in_flight;
	struct vbd_slot *free;
	struct vbd_slot *stalled;	/* the disk had no room for them */
};

/*
 * Give the guest COUNT sectors of DISK from FIRST (all of 512 bytes) as device
 * NAME ("xvda1").  false: no such device number, no memory (logged).
 */
bool vbd_add(struct domain *d, const char *name, struct disk *disk,
	     uint64_t first, uint64_t count, bool read_only);

#endif
