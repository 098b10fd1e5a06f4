/* Are all counts right?  Only in test builds. */
#ifndef PVBOOT_HV_TEST_AUDIT_H
#define PVBOOT_HV_TEST_AUDIT_H

#include "pvboot/hv/pv/domain.h"

/* How many are not; the first ones are logged. */
unsigned audit_domain(struct domain *d);

#endif
