/* A domain's life, and its end. */
#ifndef PVBOOT_HV_PV_CPU_DOMAIN_H
#define PVBOOT_HV_PV_CPU_DOMAIN_H

#include "pvboot/hv/pv/domain.h"

struct domain *domain_create(void);
_Noreturn void domain_end(struct domain *d);

#endif
