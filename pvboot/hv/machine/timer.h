/* One-shot timers, on the local APIC. */
#ifndef PVBOOT_HV_MACHINE_TIMER_H
#define PVBOOT_HV_MACHINE_TIMER_H

#include <stdint.h>

struct timer {
	uint64_t deadline;	/* ns; 0: not set */
	void (*fn)(struct timer *);
	void *arg;
	struct timer *next;	/* timer.c */
};

void timer_set(struct timer *t, uint64_t deadline);
void timer_stop(struct timer *t);
/* The local APIC's timer has fired. */
void timer_interrupt(void);

#endif
