/*
 * memory_op's reservations: a guest gives frames back and takes them again.
 * A frame that is still referenced somewhere is refused.
 */
#include "pvboot/hv/pv/memory/balloon.h"

#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/tlb.h"

#include <xen/memory.h>

#define OWNER_GONE	0xff	/* the guest's once, free to be taken again */
#define EXTENTS_MAX	65536	/* of one call, bounded */

/* A frame that no table maps, and no cached translation either. */
static int give_back(struct domain *d, uint64_t mfn)
{
	struct frame *f = frame_of(d, mfn);

	if (!f || !(f->flags & FF_GUEST) || f->count)
		return -XEN_EINVAL;
	*f = (struct frame){ .owner = OWNER_GONE };
	d->m2p[mfn] = INVALID_MFN;
	d->tot_pages--;
	tlb_flush_later();
	return 0;
}

static uint64_t take_again(struct domain *d, uint64_t pfn)
{
	static uint64_t next;
	uint64_t n;

	for (n = 0; n < max_mfn; n++, next++) {
		if (next >= max_mfn)
			next = 0;
		if (frames[next].owner != OWNER_GONE)
			continue;
		frames[next] = (struct frame){
			.owner = OWNER_DOM(d), .flags = FF_GUEST
		};
		d->m2p[next] = pfn;
		d->tot_pages++;
		return next;
	}
	return INVALID_MFN;
}

/* The number of extents done. */
int64_t balloon_op(struct vcpu *v, uint32_t cmd, uint64_t arg)
{
	struct domain *d = v->domain;
	struct xen_memory_reservation r;
	uint64_t i, at, mfn;

	if (!guest_read(&r, arg, sizeof(r)))
		return -XEN_EFAULT;
	if (r.domid != DOMID_SELF && r.domid != d->id)
		return -XEN_EPERM;
	if (r.extent_order)
		return 0;
	at = (uint64_t)(uintptr_t)r.extent_start.p;
	for (i = 0; i < r.nr_extents && i < EXTENTS_MAX; i++, at += 8) {
		if (!guest_read(&mfn, at, sizeof(mfn)))
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
		if (mfn == INVALID_MFN || !guest_write(at, &mfn, sizeof(mfn)))
			break;
	}
	return (int64_t)i;
}
