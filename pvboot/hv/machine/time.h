/* The clock.  Times are nanoseconds since the hypervisor started. */
#ifndef PVBOOT_HV_MACHINE_TIME_H
#define PVBOOT_HV_MACHINE_TIME_H

#include <stdint.h>

/* ns = (TSC - start << shift) * mul >> 32; a negative shift goes right. */
struct time_scale {
	uint64_t start;
	uint32_t mul;
	int8_t shift;
};

extern struct time_scale time_scale;
extern uint64_t time_tsc_khz;
extern uint64_t time_apic_per_ms;	/* ticks of the local APIC's timer */

void time_init(void);
uint64_t time_now(void);

#endif
