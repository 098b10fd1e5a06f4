/*
 * The built-in block backend: what the guest sees as xvda and so on.
 * vbd.c speaks with the front end through xenstore, blkback.c moves requests.
 */
#ifndef PVBOOT_HV_BACK_BLKBACK_H
#define PVBOOT_HV_BACK_BLKBACK_H

#include "pvboot/hv/back/vbd.h"
#include "pvboot/hv/machine/work.h"

struct blkback {
	struct domain *domain;
	struct work work;
	bool store_changed;	/* front ends may have a new state */
	unsigned n;
	struct vbd *vbd[VBD_MAX];
};

/* Before the guest runs; needs d->store.  false: no memory (logged). */
bool blkback_init(struct domain *d);
/* Something below the domain's home in xenstore has changed. */
void blkback_store_changed(struct domain *d);
/* Follow the front ends' states; true when something was done. */
bool blkback_update(struct domain *d);

/* The event from the front end. */
notify_fn blkback_notify;
/* Give each of the vbd's slots its place; false: no memory. */
bool blkback_slots(struct vbd *v);

#endif
