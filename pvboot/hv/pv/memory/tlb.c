/*
 * Flushes of the TLB, and their clock.  Relies on every load of CR3 being told
 * (tlb_flushed); knows nothing of frames.
 */
#include "pvboot/hv/pv/memory/tlb.h"

uint32_t tlb_clock = 1;
uint32_t tlb_turned;		/* when all flushed last: not later */

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
			tlb_flushed(&d->vcpu[i], tlb_tick());
}

void tlb_flush(struct vcpu *v)
{
	uint32_t tick = tlb_tick();

	core_flush(v);
	tlb_flushed(v, tick);
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
	__atomic_store_n(&tlb_turned, tlb_stamp(), __ATOMIC_RELAXED);
	tlb_flush_mask(d, ~0U);
}

__attribute__((hot)) void
tlb_forget(struct domain *d, uint32_t stamp)
{
	uint32_t vcpus = 0;

	for (unsigned i = 0; i < d->n_vcpus; i++)
		if (d->vcpu[i].loaded &&
		    (int32_t)(stamp - __atomic_load_n(&d->vcpu[i].tlb_time,
						      __ATOMIC_ACQUIRE)) >= 0)
			vcpus |= 1U << i;
	flush(d, vcpus);
}
