/*
 * Deferred work, in the order it was queued.  Interrupts are off here.
 */
#include "pvboot/hv/machine/work.h"

#include <stddef.h>

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

void work_run_all(void)
{
	struct work *w;

	while ((w = work_first)) {
		work_first = w->next;
		if (!work_first)
			work_last = &work_first;
		w->queued = false;
		w->fn(w);
	}
}
