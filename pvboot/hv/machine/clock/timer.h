/* One-shot timers, each on one processor's local APIC. */
#ifndef PVBOOT_HV_MACHINE_CLOCK_TIMER_H
#define PVBOOT_HV_MACHINE_CLOCK_TIMER_H

#include <stdint.h>

struct timer {
	void (*fn)(struct timer *);
	void *arg;
	unsigned processor;	/* where it fires */
	uint64_t deadline;	/* ns; 0: not set */
	struct timer *next;	/* timer.c */
};

void timer_set(struct timer *t, uint64_t deadline);
void timer_stop(struct timer *t);
/* This processor's local APIC timer has fired, or is to be set. */
void timer_interrupt(void);

#endif
