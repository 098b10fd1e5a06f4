/*
 * The processors: starting them, and what one asks of another.  Only the holder
 * of the lock (lock.h) asks, but for smp_stop().
 */
#ifndef PVBOOT_HV_MACHINE_SMP_H
#define PVBOOT_HV_MACHINE_SMP_H

#include <stdbool.h>
#include <stdint.h>

#include "pvboot/hv/machine/layout.h"

extern unsigned smp_count;	/* those that run: 0 .. smp_count - 1 */
extern bool smp_tsc_agree;	/* no TSC was seen before another's */

struct smp_id {
	uint32_t apic, acpi;
};

/* By its stack; before it has its own it is the first. */
static inline unsigned smp_self(void)
{
	uint64_t rsp, n;

	__asm__("mov %%rsp, %0" : "=r"(rsp));
	n = (rsp - HV_STACKS) / HV_STACKS_STEP;
	return n < PROCESSORS ? (unsigned)n : 0;
}

/*
 * Start others, as ACPI tells of them, up to WANT in all; they wait.  With more
 * than one, the lock is the caller's afterwards.  Needs time_init().
 */
void smp_start(unsigned want);
/* Each of the others, and then we: FN(processor), with the lock. */
_Noreturn void smp_run(void (*fn)(unsigned processor));
struct smp_id smp_id(unsigned processor);

/*
 * Leave this processor, SELF, to the guest, without the lock: from now on it
 * may use all translations of the root it has.  And back, with the lock; an
 * interrupt of VECTOR is noted before, if it is one.
 */
void smp_to_guest_locked(unsigned self);
void smp_from_guest_locked(unsigned self, uint64_t vector);

static inline void smp_to_guest(unsigned self)
{
	if (smp_count > 1)
		smp_to_guest_locked(self);
}

static inline void smp_from_guest(unsigned self, uint64_t vector)
{
	if (smp_count > 1)
		smp_from_guest_locked(self, vector);
}

/* Without the lock, until an interrupt; no root of a guest may be loaded. */
void smp_idle(void);

/* Processor N passes through its main loop before it goes on. */
void smp_kick(unsigned n);
/* So does its timer. */
void smp_kick_timer(unsigned n);
/* No other one is in a guest, until the lock is given back. */
void smp_gather(void);

#define SMP_ALL	~0ULL		/* not a page */
/*
 * The processors of the mask have no translation of page VA any more (SMP_ALL:
 * none at all) when this returns.
 */
void smp_flush(uint32_t processors, uint64_t va);
/* What others asked of us, for who waits for the lock; was there anything? */
bool smp_answer(void);
/* An interrupt for N, which does nothing but end its sleep. */
void smp_poke(unsigned n);

/* All others stand still from now on; waits for that at most 100 ms. */
void smp_stop(void);
/* A non-maskable interrupt: does not return if we are to stand still. */
void smp_nmi(void);

#endif
