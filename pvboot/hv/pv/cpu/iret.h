/* How the guest returns. */
#ifndef PVBOOT_HV_PV_CPU_IRET_H
#define PVBOOT_HV_PV_CPU_IRET_H

#include "pvboot/hv/pv/domain.h"

int64_t do_iret(struct vcpu *v, const uint64_t *a);

#endif
