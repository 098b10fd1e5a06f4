/*
 * Many hypercalls in one, cut into parts.  They do not nest.
 */
#include "pvboot/hv/pv/cpu/hypercall/multicall.h"

#include <stddef.h>

#include "pvboot/hv/pv/continuation.h"
#include "pvboot/hv/pv/cpu/hypercall/hypercall.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

/*
 * One entry.  False: the batch ends here, with *RESULT; an entry that leaves
 * guest kernel mode, or ends the domain, ends it, as the rest would run as
 * somebody else.
 */
static bool entry(struct vcpu *v, uint64_t at, uint32_t left, int64_t *result)
{
	struct multicall_entry e;

	*result = -XEN_EFAULT;
	if (!guest_read(v, &e, at, sizeof(e)))
		return false;
	e.result = (xen_ulong_t)hypercall_dispatch(v, e.op,
						   (const uint64_t *)e.args);
	if (v->pv.left || v->domain->shutdown >= 0) {
		*result = 0;
		return false;
	}
	if ((int64_t)e.result == -XEN_ERESTART) {
		bool moved = v->pv.moved;

		v->pv.moved = false;
		if (!moved ||
		    guest_write(v, at + offsetof(struct multicall_entry, args),
				v->pv.again, sizeof(v->pv.again)))
			*result = continuation_set(v, at, left);
		return false;
	}
	return guest_write(v, at + offsetof(struct multicall_entry, result),
			   &e.result, sizeof(e.result));
}

/* multicall(entries, count) */
__attribute__((hot)) int64_t
do_multicall(struct vcpu *v, const uint64_t *a)
{
	uint32_t left = (uint32_t)a[1];
	uint64_t at = a[0];
	int64_t result = 0;

	if (v->pv.in_multicall)
		return -XEN_EINVAL;
	if (!guest_range(at, left * (uint64_t)sizeof(struct multicall_entry)))
		return -XEN_EFAULT;
	v->pv.in_multicall = true;
	for (; left; left--, at += sizeof(struct multicall_entry)) {
		if (budget_empty())
			result = continuation_set(v, at, left);
		if (budget_empty() || !entry(v, at, left, &result))
			break;
		result = 0;
	}
	v->pv.in_multicall = false;
	return result;
}
