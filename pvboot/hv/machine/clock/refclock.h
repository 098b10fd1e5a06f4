/* Clocks of known frequency that the TSC can be measured against. */
#ifndef PVBOOT_HV_MACHINE_CLOCK_REFCLOCK_H
#define PVBOOT_HV_MACHINE_CLOCK_REFCLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct refclock {
	const char *name;
	uint64_t hz;
	uint32_t mask;		/* its width */
	/* Get it going, from its beginning.  False: it is not there. */
	bool (*start)(struct refclock *c);
	uint32_t (*count)(void);
	/* Has it not run out since the start?  NULL: it takes seconds to. */
	bool (*whole)(void);
};

/* The first that counts, or NULL.  Needs ACPI's tables. */
struct refclock *refclock_find(void);
/* The TSC's frequency as the processor or a hypervisor tells it; 0: neither. */
uint64_t refclock_told_khz(void);

#endif
