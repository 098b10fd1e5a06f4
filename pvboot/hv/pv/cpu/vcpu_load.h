/* A vCPU's first registers. */
#ifndef PVBOOT_HV_PV_CPU_VCPU_LOAD_H
#define PVBOOT_HV_PV_CPU_VCPU_LOAD_H

#include "pvboot/hv/pv/domain.h"

/* On V's processor, with V's root: the registers that nobody else can load. */
void vcpu_load(struct vcpu *v);

#endif
