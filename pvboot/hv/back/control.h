/* What the machine's owner wants of a domain: its control/ nodes. */
#ifndef PVBOOT_HV_BACK_CONTROL_H
#define PVBOOT_HV_BACK_CONTROL_H

#include "pvboot/hv/pv/domain.h"

/* The power button is D's from now on.  Needs its xenstore. */
void control_init(struct domain *d);

#endif
