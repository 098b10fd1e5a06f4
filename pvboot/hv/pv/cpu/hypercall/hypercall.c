/*
 * A hypercall, from the guest's registers and back to them.
 * Arguments: rdi, rsi, rdx, r10 (r8, r9: no call here has so many); the result
 * goes to rax.
 */
#include "pvboot/hv/pv/cpu/hypercall/hypercall.h"

#include "pvboot/hv/pv/continuation.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/tlb.h"

static inline int64_t dispatch(struct vcpu *v, uint64_t nr, const uint64_t *a)
{
	budget_charge(BUDGET_CALL);
	if (nr >= HYPERCALLS || !hypercall_table[nr])
		return -XEN_ENOSYS;
	/* What earlier calls have released must not be seen any more. */
	return paging_settle() ? hypercall_table[nr](v, a) : -XEN_ERESTART;
}

__attribute__((hot)) int64_t
hypercall_dispatch(struct vcpu *v, uint64_t nr, const uint64_t *a)
{
	return dispatch(v, nr, a);
}

__attribute__((hot)) void
hypercall(struct vcpu *v)
{
	struct regs *r = &v->regs;
	uint64_t a[4] = { r->rdi, r->rsi, r->rdx, r->r10 };
	int64_t result;

	v->pv.left = false;
	v->pv.sysret = true;
	result = dispatch(v, r->rax, a);
	tlb_flush_wanted(v->domain);
	if (v->pv.left)
		return;
	if (result == -XEN_ERESTART)
		continuation_start(v);
	else
		r->rax = (uint64_t)result;
}
