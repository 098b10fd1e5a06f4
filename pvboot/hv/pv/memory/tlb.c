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

/* Those of VCPUS whose processors may hold translations. */
static uint32_t loaded(struct domain *d, uint32_t vcpus)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < d->n_vcpus; i++)
		if (d->vcpu[i].loaded)
			mask |= 1U << i;
	return mask & vcpus;
}

static void flush(struct domain *d, uint32_t vcpus)
{
	if (!vcpus)
		return;
	core_flush_mask(d, vcpus);
	for (unsigned i = 0; i < d->n_vcpus; i++)
		if (vcpus >> i & 1)
			tlb_flushed(&d->vcpu[i]);
}

void tlb_flush(struct vcpu *v)
{
	core_flush(v);
	tlb_flushed(v);
}

void tlb_flush_mask(struct domain *d, uint32_t vcpus)
{
	flush(d, loaded(d, vcpus));
}

void tlb_flush_page_mask(struct domain *d, uint32_t vcpus, uint64_t va)
{
	vcpus = loaded(d, vcpus);
	if (vcpus)
		core_invlpg_mask(d, vcpus, va);
}

void tlb_flush_all(struct domain *d)
{
	d->flush_wanted = false;
	tlb_flush_mask(d, ~0U);
}

void tlb_forget(struct domain *d, uint32_t stamp)
{
	uint32_t vcpus = 0;

	for (unsigned i = 0; i < d->n_vcpus; i++)
		if (d->vcpu[i].loaded &&
		    (int32_t)(stamp - d->vcpu[i].tlb_time) >= 0)
			vcpus |= 1U << i;
	flush(d, vcpus);
}
