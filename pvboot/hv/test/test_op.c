/*
 * Only in build/boot-test/hv.elf: hypercall 55 (arch_7) for the test guests.
 *	0			audit; mismatches
 *	1 (ref, write)		grant_map, as a backend would; mfn or -EINVAL
 *	2 (ref, write)		grant_unmap of what 1 mapped
 *	3			mfn of a page of ours
 *	4 (units)		the budget of an exit from now on
 *	5			overflow our stack
 */
#include "pvboot/hv/pv/cpu/hypercall/test_op.h"

#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/smp.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "pvboot/hv/test/audit.h"

static int64_t test_map(struct domain *d, uint32_t ref, bool write)
{
	void *p = grant_map(d, ref, write);

	return p ? (int64_t)va_mfn(p) : -XEN_EINVAL;
}

static int64_t test_unmap(struct domain *d, uint32_t ref, bool write)
{
	const struct grant_active *a;

	if (ref >= grant_count(d))
		return -XEN_EINVAL;
	a = grant_active(d, ref);
	if (a->own || !(write ? a->writers : a->readers))
		return -XEN_EINVAL;
	grant_unmap(d, ref, write);
	return 0;
}

/* More stack than there is. */
static int64_t deep(volatile int64_t n)
{
	return n ? deep(n + 1) + n : 0;
}

int64_t do_test_op(struct vcpu *v, const uint64_t *a)
{
	smp_gather();
	switch (a[0]) {
	case 0:
		return audit_domain(v->domain);
	case 1:
		return test_map(v->domain, (uint32_t)a[1], a[2]);
	case 2:
		return test_unmap(v->domain, (uint32_t)a[1], a[2]);
	case 3:
		return (int64_t)va_mfn(memory_l4);
	case 4:
		budget_size = a[1] < 64 ? 64 : (int32_t)(a[1] & 0xffff);
		return 0;
	case 5:
		return deep(1);
	}
	return -XEN_ENOSYS;
}
