/*
 * memory_op's reservations: a guest gives frames back and takes them again.
 * A frame that is still referenced somewhere is refused.
 */
#include "pvboot/hv/pv/memory/balloon.h"

#include "pvboot/hv/pv/continuation.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <xen/memory.h>

#define EXTENTS_MAX	(1U << 24)	/* of one call */

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

static int one_extent(struct vcpu *v, uint32_t cmd, uint64_t at)
{
	struct domain *d = v->domain;
	uint64_t mfn;

	if (!guest_read(v, &mfn, at, sizeof(mfn)))
		return -XEN_EFAULT;
	if (cmd == XENMEM_decrease_reservation)
		return give_back(d, mfn);
	if (d->tot_pages >= d->nr_pages)
		return -XEN_ENOMEM;
	mfn = take_again(d, cmd == XENMEM_populate_physmap ? mfn : INVALID_MFN);
	if (mfn == INVALID_MFN)
		return -XEN_ENOMEM;
	return guest_write(v, at, &mfn, sizeof(mfn)) ? 0 : -XEN_EFAULT;
}

/*
 * The number of extents done.  As in Xen, a call that goes on has the number
 * done before above its command.
 */
int64_t balloon_op(struct vcpu *v, uint64_t cmd_start, uint64_t arg)
{
	uint32_t cmd = cmd_start & ((1U << MEMOP_EXTENT_SHIFT) - 1);
	uint64_t i = cmd_start >> MEMOP_EXTENT_SHIFT, at;
	struct xen_memory_reservation r;
	int err = 0;

	if (!guest_read(v, &r, arg, sizeof(r)))
		return -XEN_EFAULT;
	if (r.domid != DOMID_SELF && r.domid != v->domain->id)
		return -XEN_EPERM;
	if (r.extent_order)
		return 0;
	if (r.nr_extents > EXTENTS_MAX)
		r.nr_extents = EXTENTS_MAX;
	for (; i < r.nr_extents; i++) {
		at = (uint64_t)(uintptr_t)r.extent_start.p + i * 8;
		err = budget_empty() ? -XEN_ERESTART : one_extent(v, cmd, at);
		if (err)
			break;
		budget_charge(BUDGET_CALL);
	}
	if (err == -XEN_ERESTART)
		return continuation_set(v, cmd | i << MEMOP_EXTENT_SHIFT, arg);
	return (int64_t)i;
}
