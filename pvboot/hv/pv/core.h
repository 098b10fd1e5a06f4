/*
 * What the security core (pv/memory, evtchn, hypercall, multicall) needs of a
 * processor and of a machine.  pv/cpu/core.c is the real one; tests/core has
 * another, which runs the same core in a process and remembers translations as
 * a TLB does.  The core uses nothing else that only a processor in ring 0 has.
 */
#ifndef PVBOOT_HV_PV_CORE_H
#define PVBOOT_HV_PV_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pvboot/hv/machine/layout.h"

struct domain;
struct vcpu;

/* ---- memory ---- */

extern const uint64_t core_direct;	/* where machine address 0 is mapped */
extern uint64_t max_mfn;		/* one past the last frame of RAM */

static inline void *core_ma(uint64_t ma)
{
	return (void *)(core_direct + ma);
}

static inline void *core_frame(uint64_t mfn)
{
	return core_ma(mfn << 12);
}

/* The frame of a page that core_page() gave or core_frame() named. */
static inline uint64_t core_mfn(const void *p)
{
	return ((uint64_t)(uintptr_t)p - core_direct) >> 12;
}

/* Is it memory, whoever's, and no device's? */
bool core_is_ram(uint64_t mfn);
/*
 * SIZE zeroed bytes for each frame up to max_mfn, once; may be read-only where
 * there is no RAM.  Panics when there is no memory.
 */
void *core_frame_table(uint64_t size);
/* A zeroed page of ours; NULL when there are none. */
void *core_page(void);
/* What entries 256..271 of every root hold, but for the guest's M2P. */
uint64_t core_slot(unsigned slot);

/* ---- the processors of vCPUs, wherever they are: at once ---- */

/* VCPUS has a bit for each of D's that is meant.  No translation stays. */
void core_flush_mask(struct domain *d, uint32_t vcpus);
/* None of the page at VA; VA may be anything. */
void core_invlpg_mask(struct domain *d, uint32_t vcpus, uint64_t va);

/* ---- the processor of a vCPU: the one we run on ---- */

/* The same there. */
void core_flush(struct vcpu *v);
void core_invlpg(struct vcpu *v, uint64_t va);
/* Its root is MFN from now on; no older translation stays. */
void core_load_root(struct vcpu *v, uint64_t mfn);
/* A root of ours, in which nothing is the guest's. */
void core_unload_root(struct vcpu *v);

/*
 * Page PAGE of the GDT (0..13) or LDT (0..15) is frame MFN; 0: nothing.  V may
 * be one that has not run yet.
 */
void core_gdt_page(struct vcpu *v, unsigned page, uint64_t mfn);
void core_ldt_page(struct vcpu *v, unsigned page, uint64_t mfn);

/* How many descriptors the LDT has; 0: there is none. */
void core_ldt_limit(struct vcpu *v, unsigned ents);

/* By SEGBASE_FS, SEGBASE_GS_USER, SEGBASE_GS_KERNEL. */
void core_set_base(struct vcpu *v, unsigned which, uint64_t base);
/* Those of GS, the kernel's and the user's, change places. */
void core_swap_gs(struct vcpu *v);
/* The base of a segment override prefix; 0 for all but FS and GS. */
uint64_t core_base(struct vcpu *v, uint8_t prefix);
void core_user_gs(struct vcpu *v, uint16_t sel);
/* Does it run 64-bit code? */
bool core_long_mode(struct vcpu *v);

/* Interrupts that wait are let in, once. */
void core_poll(void);

#endif
