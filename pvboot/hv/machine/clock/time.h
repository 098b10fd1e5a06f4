/* The clock.  Times are nanoseconds since the hypervisor started. */
#ifndef PVBOOT_HV_MACHINE_CLOCK_TIME_H
#define PVBOOT_HV_MACHINE_CLOCK_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "pvboot/hv/machine/layout.h"

/* ns = (TSC - start << shift) * mul >> 32; a negative shift goes right. */
struct time_scale {
	uint64_t start;
	uint32_t mul;
	int8_t shift;
};

extern struct time_scale time_scale;
extern uint64_t time_tsc_khz;
extern uint64_t time_apic_per_ms;	/* ticks of the local APIC's timer */
extern bool time_deadline;	/* which compares with the TSC instead */

/* By how much a processor's TSC is ahead of the first one's. */
extern uint64_t time_ahead[PROCESSORS];
/* It is what smp.c has measured, and not 0 for all. */
extern bool time_apart;

void time_init(void);
/* Never less than before, whichever processor asked. */
uint64_t time_now(void);

#endif
