/*
 * The time of day in shared_info: when the system time was 0, since 1970.  The
 * RTC tells whole seconds, so half of one is added at first; a timer sees its
 * next second begin, and then it is exact.
 */
#include "pvboot/hv/pv/cpu/wallclock.h"

#include "pvboot/hv/machine/clock/rtc.h"
#include "pvboot/hv/machine/clock/time.h"

#define NS	1000000000ULL
#define LOOK	10000000ULL	/* ns between two looks */
#define LOOKS	300		/* an RTC that stands still */

/* Xen's public xen.h: an odd version while it changes. */
static void set(shared_info_t *s, uint64_t ns)
{
	s->wc_version |= 1;
	__asm__ volatile("" : : : "memory");
	s->wc_sec = (uint32_t)(ns / NS);
	s->wc_sec_hi = (uint32_t)(ns / NS >> 32);
	s->wc_nsec = (uint32_t)(ns % NS);
	__asm__ volatile("" : : : "memory");
	s->wc_version++;
}

static void look(struct timer *t)
{
	struct domain *d = t->arg;

	if (rtc_second() != d->wallclock.second)
		set(d->shared, rtc_read() * NS - time_now());
	else if (++d->wallclock.looks < LOOKS)
		timer_set(t, time_now() + LOOK);
}

void wallclock_init(struct domain *d)
{
	struct wallclock *w = &d->wallclock;
	uint64_t now;

	w->second = rtc_second();
	now = rtc_read();
	if (!now)
		return;
	set(d->shared, now * NS + NS / 2 - time_now());
	w->timer = (struct timer){ .fn = look, .arg = d };
	timer_set(&w->timer, time_now() + LOOK);
}
