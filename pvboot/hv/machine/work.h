/*
 * Deferred work: runs once, before a vCPU is entered next.  Interrupt handlers
 * queue it.
 */
#ifndef PVBOOT_HV_MACHINE_WORK_H
#define PVBOOT_HV_MACHINE_WORK_H

#include <stdbool.h>

struct work {
	void (*fn)(struct work *);
	void *arg;
	struct work *next;	/* work.c */
	bool queued;
};

void work_queue(struct work *w);
/* All that is queued and what that queues; soon, if it goes on and on. */
extern struct work *work_first;
void work_run_all(void);

#endif
