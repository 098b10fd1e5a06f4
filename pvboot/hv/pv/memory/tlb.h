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

#define TLB_HALF_TURN	0x40000000U

extern uint32_t tlb_clock, tlb_turned;
void tlb_flush_all(struct domain *d);

static inline uint32_t tlb_stamp(void)
{
	return __atomic_load_n(&tlb_clock, __ATOMIC_RELAXED);
}

/* At once, on every processor that has not flushed since STAMP was taken. */
void tlb_forget(struct domain *d, uint32_t stamp);
/*
 * Who loads CR3 takes the time before that, as it may do so without the lock
 * (traps.c): a reference that went at an earlier time was gone by then.
 */
static inline uint32_t tlb_tick(void)
{
	return __atomic_add_fetch(&tlb_clock, 1, __ATOMIC_SEQ_CST);
}

/* The processor of V has loaded CR3 at TICK. */
static inline void tlb_flushed(struct vcpu *v, uint32_t tick)
{
	__atomic_store_n(&v->tlb_time, tick, __ATOMIC_RELEASE);
}

/*
 * Times are compared by their difference, so none may grow too old: it is time
 * that all flush again, by tlb_turn().  That needs the lock, which who has it
 * not takes then.  What ticks until all have done so is far from a whole turn.
 */
static inline bool tlb_turns(void)
{
	return tlb_stamp() - __atomic_load_n(&tlb_turned, __ATOMIC_RELAXED) >=
		TLB_HALF_TURN;
}

static inline void tlb_turn(struct domain *d)
{
	if (tlb_turns())
		tlb_flush_all(d);
}

void tlb_flush(struct vcpu *v);
/* Those vCPUs of D that have a bit in the mask. */
void tlb_flush_mask(struct domain *d, uint32_t vcpus);
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
