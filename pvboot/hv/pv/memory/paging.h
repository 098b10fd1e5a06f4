/* The guest's page tables. */
#ifndef PVBOOT_HV_PV_MEMORY_PAGING_H
#define PVBOOT_HV_PV_MEMORY_PAGING_H

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/domain.h"
#include "pvboot/hv/pv/memory/tlb.h"

/*
 * Between frames.c and paging.c.  Count what the entries of MFN refer to, from
 * where it was left (frame.done) to the end; -XEN_ERESTART when the budget ends
 * before.  Table MFN is needed no more: its entries will be given back.
 */
int paging_validate(struct domain *d, uint64_t mfn, unsigned type);
void paging_release(uint64_t mfn);
/* Give back what is to be; false when the budget ends before (ERESTART). */
extern uint32_t paging_undo_first;
bool paging_settle_some(void);

static inline bool paging_settle(void)
{
	return !paging_undo_first || paging_settle_some();
}

/*
 * Entry SLOT of the valid table MFN becomes VAL, counts and all; with KEEP_AD,
 * the old accessed and dirty bits with it.
 */
int paging_set(struct domain *d, uint64_t mfn, unsigned slot, uint64_t val,
	       bool keep_ad);
/* The same if it is OLD, else -XEN_EAGAIN. */
int paging_replace(struct domain *d, uint64_t mfn, unsigned slot,
		   uint64_t old, uint64_t val);
/* The L1 entry that maps VA in the guest kernel's tables, or NULL. */
uint64_t *paging_walk(struct vcpu *v, uint64_t va);
/* Root MFN has the M2P in slot 256, or nothing; 257..271 are ours anyway. */
void paging_show_m2p(struct domain *d, uint64_t mfn, bool show);
/* New roots: 0 for the user root is "none". */
int paging_new_root(struct vcpu *v, uint64_t mfn);
int paging_new_user_root(struct vcpu *v, uint64_t mfn);
/* V's processor gets the root of the mode that V is in; or none of V's. */
static inline void paging_load(struct vcpu *v)
{
	uint32_t tick = tlb_tick();

	core_load_root(v, v->pv.kernel_mode ? v->pv.kernel_root.mfn :
		       v->pv.user_root.mfn);
	v->loaded = true;
	tlb_flushed(v, tick);
}

void paging_unload(struct vcpu *v);

#endif
