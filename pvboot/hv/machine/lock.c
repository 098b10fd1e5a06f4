/*
 * A ticket lock.  Who waits answers what the holder asks of it (smp.c), so the
 * holder may wait for that.  Where there is one processor nobody takes it.
 *
 * Machines of this kind have processors that a host takes away at any time: who
 * does not get the lock soon sleeps, and is woken by who gives it back.  The
 * interrupts that come meanwhile are noted, and served with the lock.
 */
#include "pvboot/hv/machine/lock.h"

#include <stdint.h>

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/smp.h"

#define NOBODY	~0U
#define SPIN	20	/* microseconds, before it sleeps */

static uint32_t next_ticket, serving;
static unsigned holder = NOBODY;
static uint32_t ticket_of[PROCESSORS];
static bool sleeps[PROCESSORS];

static bool my_turn(uint32_t ticket)
{
	return __atomic_load_n(&serving, __ATOMIC_SEQ_CST) == ticket;
}

/* "sleeps" is set before the last look, so that nobody's news is missed. */
static void sleep_once(unsigned self, uint32_t ticket)
{
	__atomic_store_n(&sleeps[self], true, __ATOMIC_SEQ_CST);
	if (!smp_answer() && !my_turn(ticket))
		cpu_wait();
	__atomic_store_n(&sleeps[self], false, __ATOMIC_SEQ_CST);
}

static void wait(unsigned self, uint32_t ticket)
{
	uint64_t start = rdtsc();

	__atomic_store_n(&ticket_of[self], ticket, __ATOMIC_SEQ_CST);
	while (!my_turn(ticket)) {
		if (smp_answer())
			continue;
		if (rdtsc() - start > time_tsc_khz * SPIN / 1000)
			sleep_once(self, ticket);
		else
			__asm__ volatile("pause");
	}
}

void lock_take(unsigned self)
{
	uint32_t ticket = __atomic_fetch_add(&next_ticket, 1, __ATOMIC_SEQ_CST);

	if (!my_turn(ticket))
		wait(self, ticket);
	holder = self;
	irq_serve(self);
}

void lock_release(void)
{
	uint32_t next = serving + 1;

	holder = NOBODY;
	__atomic_store_n(&serving, next, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&next_ticket, __ATOMIC_SEQ_CST) == next)
		return;		/* nobody waits */
	for (unsigned n = 0; n < smp_count; n++)
		if (lock_sleeps(n) && ticket_of[n] == next)
			smp_poke(n);
}

bool lock_is_ours(void)
{
	return smp_count == 1 ||
		__atomic_load_n(&holder, __ATOMIC_RELAXED) == smp_self();
}

bool lock_sleeps(unsigned n)
{
	return __atomic_load_n(&sleeps[n], __ATOMIC_SEQ_CST);
}

bool lock_waits(void)
{
	return sleeps[smp_self()];
}
