/*
 * A block device of the guest's, and its front end's states in xenstore.
 */
#ifndef PVBOOT_HV_BACK_VBD_H
#define PVBOOT_HV_BACK_VBD_H

#include "pvboot/hv/back/blkring_back.h"
#include "pvboot/hv/drivers/disk.h"
#include "pvboot/hv/pv/domain.h"

enum { VBD_MAX = 16, VBD_SLOTS = 48, VBD_PATH = 64 };

struct vbd;

/* A request on its way. */
struct vbd_slot {
	struct vbd *vbd;
	struct vbd_slot *next;	/* when free */
	struct blk_io io;
	void *page[BLKRING_SEGS];	/* granted, as far as not NULL */
	struct disk_request disk;
};

struct vbd {
	struct domain *domain;
	struct disk *disk;
	uint64_t first;		/* sector of the disk */
	struct blk_limits limits;
	char front[VBD_PATH], back[VBD_PATH];
	int state;		/* what we last wrote to BACK/state */

	bool up;		/* connected: takes requests */
	bool broken;		/* by the guest; until it starts afresh */
	bool notify;		/* answers were put that it waits for */
	struct blkring_back ring;
	uint32_t ring_ref[BLKRING_PAGES];
	unsigned port;
	unsigned in_flight;
	struct vbd_slot *free;
	struct vbd_slot *stalled;	/* the disk had no room for it */
};

/*
 * Give the guest COUNT sectors of DISK from FIRST (all of 512 bytes) as device
 * NAME ("xvda1").  false: no such device number, no memory (logged).
 */
bool vbd_add(struct domain *d, const char *name, struct disk *disk,
	     uint64_t first, uint64_t count, bool read_only);
/* Follow the front end's state; true when something was done. */
bool vbd_update(struct vbd *v);

#endif
