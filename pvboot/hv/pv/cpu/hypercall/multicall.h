/* Many hypercalls in one. */
#ifndef PVBOOT_HV_PV_CPU_HYPERCALL_MULTICALL_H
#define PVBOOT_HV_PV_CPU_HYPERCALL_MULTICALL_H

#include "pvboot/hv/pv/domain.h"

int64_t do_multicall(struct vcpu *v, const uint64_t *a);

#endif
