/*
 * What vCPUs need of a machine: a clock that stands still until it is moved,
 * timers, processors that are never in a guest when they are asked.
 */
#include "tests/core/fakemachine.h"

#include <stddef.h>

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/clock/timer.h"
#include "pvboot/hv/machine/smp.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/domain.h"

#define START	1000000000ULL

unsigned smp_count = VCPUS;
bool smp_tsc_agree = true;
struct time_scale time_scale;
uint64_t time_ahead[PROCESSORS];

static uint64_t now = START;
static struct timer *timers;

void fakemachine_reset(void)
{
	now = START;
	timers = NULL;
}

uint64_t time_now(void)
{
	return now;
}

void timer_stop(struct timer *t)
{
	struct timer **p;

	for (p = &timers; *p && *p != t; p = &(*p)->next)
		;
	if (*p)
		*p = t->next;
	t->deadline = 0;
}

void timer_set(struct timer *t, uint64_t deadline)
{
	timer_stop(t);
	t->deadline = deadline;
	t->next = timers;
	timers = t;
}

/* Any that has ended. */
static struct timer *ended(void)
{
	struct timer *t = timers;

	while (t && t->deadline > now)
		t = t->next;
	return t;
}

void fakemachine_pass(uint64_t ns)
{
	struct timer *t;

	now += ns;
	while ((t = ended())) {
		timer_stop(t);
		t->fn(t);
	}
}

struct smp_id smp_id(unsigned processor)
{
	return (struct smp_id){ processor, processor };
}

void smp_kick(unsigned n)
{
}

void smp_gather(void)
{
}
