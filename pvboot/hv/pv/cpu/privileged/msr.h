/* Model-specific registers, as the guest sees them.  False: #GP. */
#ifndef PVBOOT_HV_PV_CPU_PRIVILEGED_MSR_H
#define PVBOOT_HV_PV_CPU_PRIVILEGED_MSR_H

#include "pvboot/hv/pv/domain.h"

bool msr_emulate_read(struct vcpu *v);
bool msr_emulate_write(struct vcpu *v);

#endif
