/*
 * Many hypercalls in one, cut into parts.  They do not nest.
 */
#include "pvboot/hv/pv/cpu/multicall.h"

#include <stddef.h>

#include "pvboot/hv/pv/continuation.h"
#include "pvboot/hv/pv/cpu/hypercall.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#define MULTICALL_PART 256U

/*
 * multicall(entries, count).  An entry that leaves guest kernel mode, or ends
 * the domain, ends the batch: the rest would run as somebody else.
 */
int64_t do_multicall(struct vcpu *v, const uint64_t *a)
{
	uint32_t count = (uint32_t)a[1], i;
	uint32_t n = count > MULTICALL_PART ? MULTICALL_PART : count;
	struct multicall_entry e;
	uint64_t at = a[0];

	if (v->in_multicall)
		return -XEN_EINVAL;
	if (!guest_range(at, (uint64_t)count * sizeof(e)))
		return -XEN_EFAULT;
	v->in_multicall = true;
	for (i = 0; i < n; i++, at += sizeof(e)) {
		if (!guest_read(v, &e, at, sizeof(e)))
			break;
		e.result = (xen_ulong_t)hypercall_dispatch(v, e.op,
			(const uint64_t *)e.args);
		if (v->left || v->domain->shutdown >= 0)
			break;
		if (!guest_write(v, at + offsetof(struct multicall_entry, result),
				 &e.result, sizeof(e.result)))
			break;
	}
	v->in_multicall = false;
	if (i < n)
		return v->left ? 0 : -XEN_EFAULT;
	if (n < count)
		continuation_set(v, at, count - n);
	return 0;
}
