/*
 * Translations that processors may still hold.  A clock counts flushes of any
 * processor; each vCPU (they do not migrate) remembers the time of its own last
 * one.  A reference that goes leaves the time in its frame ("stamp"): whoever
 * has not flushed since may still use the frame the old way.  A processor
 * without a root of the guest's (vcpu.loaded) holds nothing, and has flushed
 * when it loads one.
 */
#ifndef PVBOOT_HV_PV_MEMORY_TLB_H
#define PVBOOT_HV_PV_MEMORY_TLB_H

#include <stdint.h>

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/domain.h"

extern uint32_t tlb_clock;

static inline uint32_t tlb_stamp(void)
{
	return tlb_clock;
}

/* At once, on every processor that has not flushed since STAMP was taken. */
void tlb_forget(struct domain *d, uint32_t stamp);
/* The processor of V has just loaded CR3. */
void tlb_flushed(struct vcpu *v);
void tlb_flush(struct vcpu *v);
/* Those vCPUs of D that have a bit in the mask. */
void tlb_flush_mask(struct domain *d, uint32_t vcpus);
void tlb_flush_all(struct domain *d);
/* What V (those of D) translates VA to, whatever VA is. */
static inline void tlb_flush_page(struct vcpu *v, uint64_t va)
{
	core_invlpg(v, va);
}

void tlb_flush_page_mask(struct domain *d, uint32_t vcpus, uint64_t va);
/*
 * Before the guest runs on: it has changed a table above L1, and expects not
 * to see old walks.  Nothing of ours may rely on this one.
 */
static inline void tlb_flush_later(struct domain *d)
{
	d->flush_wanted = true;
}

static inline void tlb_flush_wanted(struct domain *d)
{
	if (d->flush_wanted)
		tlb_flush_all(d);
}

#endif
