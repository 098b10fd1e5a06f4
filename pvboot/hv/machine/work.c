/*
 * Deferred work, in the order it was queued.  Interrupts are off here, so there
 * is an end: a guest may have more done as fast as that is, by another of its
 * processors.
 */
#include "pvboot/hv/machine/work.h"

#include <stddef.h>

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/clock/timer.h"
#include "pvboot/hv/machine/smp.h"

#define ROUNDS	4	/* a disk ends, its backend goes on, and answers */
#define LATER	100000	/* ns: what the guest gets before there are more */

struct work *work_first;
static struct work **work_last = &work_first;

void work_queue(struct work *w)
{
	if (w->queued)
		return;
	w->queued = true;
	w->next = NULL;
	*work_last = w;
	work_last = &w->next;
}

/* What is queued now, not what that queues. */
static void run_round(void)
{
	struct work *next = work_first, *w;

	work_first = NULL;
	work_last = &work_first;
	while ((w = next)) {
		next = w->next;
		w->queued = false;
		w->fn(w);
	}
}

/* The main loop comes past here by itself. */
static void look_again(struct timer *t)
{
}

static struct timer later = { .fn = look_again };

void work_run_all(void)
{
	if (later.deadline)
		return;
	for (unsigned i = 0; work_first && i < ROUNDS; i++)
		run_round();
	if (!work_first)
		return;
	later.processor = smp_self();
	timer_set(&later, time_now() + LATER);
}
