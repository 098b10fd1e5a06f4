/* The time of day in shared_info. */
#ifndef PVBOOT_HV_PV_CPU_WALLCLOCK_H
#define PVBOOT_HV_PV_CPU_WALLCLOCK_H

#include "pvboot/hv/pv/domain.h"

/* From the machine's RTC, exact within a second from now. */
void wallclock_init(struct domain *d);

#endif
