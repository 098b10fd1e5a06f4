/* CPUID, as the guest sees it where it asks us. */
#ifndef PVBOOT_HV_PV_CPU_PRIVILEGED_CPUID_H
#define PVBOOT_HV_PV_CPU_PRIVILEGED_CPUID_H

#include "pvboot/hv/pv/domain.h"

void cpuid_emulate(struct vcpu *v);

#endif
