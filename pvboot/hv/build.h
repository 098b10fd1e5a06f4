/* The domain builder. */
#ifndef PVBOOT_HV_BUILD_H
#define PVBOOT_HV_BUILD_H

#include "pvboot/hv/pv/domain.h"

struct hv_config;

/* Kernel and modules into the new domain, vCPU 0 ready to run. */
void build_domain(struct domain *d, const struct hv_config *c);

#endif
