/*
 * One-shot timers, on the local APIC: the first to end is programmed.
 * Interrupts are off here.
 */
#include "pvboot/hv/machine/timer.h"

#include <stddef.h>

#include "pvboot/hv/machine/apic.h"
#include "pvboot/hv/machine/time.h"

#define NS	1000000000ULL

static struct timer *timers;	/* sorted by deadline */

static void program(void)
{
	uint64_t now = time_now(), wait, ticks;

	if (!timers) {
		apic_timer(0);
		return;
	}
	wait = timers->deadline > now ? timers->deadline - now : 0;
	if (wait > NS)
		wait = NS;	/* then ask again */
	ticks = wait * time_apic_per_ms / 1000000 + 1;
	apic_timer(ticks > 0xffffffff ? 0xffffffff : (uint32_t)ticks);
}

static void unlink_timer(struct timer *t)
{
	struct timer **p;

	for (p = &timers; *p; p = &(*p)->next)
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
	struct timer **p;

	timer_stop(t);
	t->deadline = deadline ? deadline : 1;
	for (p = &timers; *p && (*p)->deadline <= t->deadline; p = &(*p)->next)
		;
	t->next = *p;
	*p = t;
	if (timers == t)
		program();
}

void timer_interrupt(void)
{
	struct timer *t;

	while ((t = timers) && t->deadline <= time_now()) {
		timers = t->next;
		t->deadline = 0;
		t->fn(t);
	}
	program();
}
