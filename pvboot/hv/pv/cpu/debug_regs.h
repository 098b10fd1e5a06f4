/* Debug registers. */
#ifndef PVBOOT_HV_PV_CPU_DEBUG_REGS_H
#define PVBOOT_HV_PV_CPU_DEBUG_REGS_H

#include "pvboot/hv/pv/domain.h"

int debug_regs_set(struct vcpu *v, unsigned reg, uint64_t val);
int64_t do_set_debugreg(struct vcpu *v, const uint64_t *a);
int64_t do_get_debugreg(struct vcpu *v, const uint64_t *a);

#endif
