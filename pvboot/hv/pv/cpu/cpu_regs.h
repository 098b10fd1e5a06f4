/* CPUID and MSRs, as the guest sees them. */
#ifndef PVBOOT_HV_PV_CPU_CPU_REGS_H
#define PVBOOT_HV_PV_CPU_CPU_REGS_H

#include "pvboot/hv/pv/domain.h"

void cpu_regs_cpuid(struct vcpu *v);
bool cpu_regs_rdmsr(struct vcpu *v);
bool cpu_regs_wrmsr(struct vcpu *v);

#endif
