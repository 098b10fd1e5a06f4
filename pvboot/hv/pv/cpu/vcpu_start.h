/* Starting vCPUs other than the first, and stopping them. */
#ifndef PVBOOT_HV_PV_CPU_VCPU_START_H
#define PVBOOT_HV_PV_CPU_VCPU_START_H

#include "pvboot/hv/pv/domain.h"

/* VCPUOP_initialise, _up and _down of V, asked for by BY. */
int64_t vcpu_start_initialise(struct vcpu *by, struct vcpu *v, uint64_t arg);
int64_t vcpu_start_up(struct vcpu *v);
int64_t vcpu_start_down(struct vcpu *v);

#endif
