/*
 * One-shot timers, on the local APICs, which compare with the TSC if they can
 * and else count: the first to end of each processor's is programmed, by that
 * processor itself.  Interrupts are off here.
 */
#include "pvboot/hv/machine/clock/timer.h"

#include <stddef.h>

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/apic.h"
#include "pvboot/hv/machine/smp.h"

#define NS	1000000000ULL

static struct timer *timers[PROCESSORS];	/* sorted by deadline */

static void stop(void)
{
	if (time_deadline)
		apic_deadline(0);
	else
		apic_timer(0);
}

static void program(const struct timer *first)
{
	uint64_t now = time_now(), wait, ticks;

	if (!first) {
		stop();
		return;
	}
	wait = first->deadline > now ? first->deadline - now : 0;
	if (wait > NS)
		wait = NS;	/* then ask again */
	if (time_deadline) {
		apic_deadline(rdtsc() + wait * time_tsc_khz / 1000000 + 1);
		return;
	}
	ticks = wait * time_apic_per_ms / 1000000 + 1;
	apic_timer(ticks > 0xffffffff ? 0xffffffff : (uint32_t)ticks);
}

static void unlink_timer(struct timer *t)
{
	struct timer **p;

	for (p = &timers[t->processor]; *p; p = &(*p)->next)
		if (*p == t) {
			*p = t->next;
			break;
		}
	t->deadline = 0;
}

void timer_stop(struct timer *t)
{
	if (t->deadline)
		unlink_timer(t);
}

void timer_set(struct timer *t, uint64_t deadline)
{
	struct timer **first = &timers[t->processor], **p;

	timer_stop(t);
	t->deadline = deadline ? deadline : 1;
	for (p = first; *p && (*p)->deadline <= t->deadline; p = &(*p)->next)
		;
	t->next = *p;
	*p = t;
	if (*first != t)
		return;
	if (t->processor == smp_self())
		program(t);
	else
		smp_kick_timer(t->processor);
}

void timer_interrupt(void)
{
	struct timer **first = &timers[smp_self()], *t;

	while ((t = *first) && t->deadline <= time_now()) {
		*first = t->next;
		t->deadline = 0;
		t->fn(t);
	}
	program(*first);
}
