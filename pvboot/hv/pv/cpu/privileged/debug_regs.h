/* Debug registers. */
#ifndef PVBOOT_HV_PV_CPU_PRIVILEGED_DEBUG_REGS_H
#define PVBOOT_HV_PV_CPU_PRIVILEGED_DEBUG_REGS_H

#include "pvboot/hv/pv/domain.h"

/* DR0..3, DR6, DR7; 4 and 5 are other names of 6 and 7. */
int debug_regs_set(struct vcpu *v, unsigned reg, uint64_t val);
/* In two steps: check and keep; then, on V's processor, use what is kept. */
int debug_regs_keep(struct vcpu *v, unsigned reg, uint64_t val);
void debug_regs_load(const struct vcpu *v);
/* The bits for DR6 of I/O breakpoints that an access to PORT hits. */
unsigned debug_regs_io(const struct vcpu *v, uint16_t port, unsigned size);
int64_t do_set_debugreg(struct vcpu *v, const uint64_t *a);
int64_t do_get_debugreg(struct vcpu *v, const uint64_t *a);

#endif
