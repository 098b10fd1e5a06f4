/*
 * Flushes of the TLB, and their clock.  Relies on every load of CR3 being told
 * (tlb_flushed); knows nothing of frames.
 */
#include "pvboot/hv/pv/memory/tlb.h"


#define HALF_TURN 0x40000000U

uint32_t tlb_clock = 1;

void tlb_flushed(struct vcpu *v)
{
	v->tlb_time = ++tlb_clock;
	/* Times are compared by their difference: none may grow too old. */
	if (!(tlb_clock & (HALF_TURN - 1)))
		tlb_flush_all(v->domain);
}

void tlb_flush(struct vcpu *v)
{
	core_flush(v);
	tlb_flushed(v);
}

void tlb_flush_all(struct domain *d)
{
	unsigned i;

	d->flush_wanted = false;
	for (i = 0; i < d->n_vcpus; i++)
		tlb_flush(&d->vcpu[i]);
}

void tlb_flush_page_all(struct domain *d, uint64_t va)
{
	unsigned i;

	for (i = 0; i < d->n_vcpus; i++)
		tlb_flush_page(&d->vcpu[i], va);
}

void tlb_forget(struct domain *d, uint32_t stamp)
{
	unsigned i;

	for (i = 0; i < d->n_vcpus; i++)
		if ((int32_t)(stamp - d->vcpu[i].tlb_time) >= 0)
			tlb_flush(&d->vcpu[i]);
}
