/*
 * memory_op's reservations: a guest gives frames back and takes them again.
 * A frame that is still referenced somewhere is refused.
 */
#include "pvboot/hv/pv/memory/balloon.h"

#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <xen/memory.h>

#define EXTENTS_MAX	65536	/* of one call, bounded */

static int give_back(struct domain *d, uint64_t mfn)
{
	int err = frame_return(d, mfn);

	if (err)
		return err;
	d->m2p[mfn] = INVALID_MFN;
	d->tot_pages--;
	return 0;
}

static uint64_t take_again(struct domain *d, uint64_t pfn)
{
	uint64_t mfn = frame_obtain(d);

	if (mfn != INVALID_MFN) {
		d->m2p[mfn] = pfn;
		d->tot_pages++;
	}
	return mfn;
}

/* The number of extents done. */
int64_t balloon_op(struct vcpu *v, uint32_t cmd, uint64_t arg)
{
	struct domain *d = v->domain;
	struct xen_memory_reservation r;
	uint64_t i, at, mfn;

	if (!guest_read(v, &r, arg, sizeof(r)))
		return -XEN_EFAULT;
	if (r.domid != DOMID_SELF && r.domid != d->id)
		return -XEN_EPERM;
	if (r.extent_order)
		return 0;
	at = (uint64_t)(uintptr_t)r.extent_start.p;
	for (i = 0; i < r.nr_extents && i < EXTENTS_MAX; i++, at += 8) {
		if (!guest_read(v, &mfn, at, sizeof(mfn)))
			break;
		if (cmd == XENMEM_decrease_reservation) {
			if (give_back(d, mfn))
				break;
			continue;
		}
		if (d->tot_pages >= d->nr_pages)
			break;
		mfn = take_again(d, cmd == XENMEM_populate_physmap ? mfn :
				 INVALID_MFN);
		if (mfn == INVALID_MFN || !guest_write(v, at, &mfn, sizeof(mfn)))
			break;
	}
	return (int64_t)i;
}
