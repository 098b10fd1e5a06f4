/* CR0, CR2, CR3, CR4 and XCR0, as the guest has them. */
#ifndef PVBOOT_HV_PV_CPU_PRIVILEGED_CONTROL_REGS_H
#define PVBOOT_HV_PV_CPU_PRIVILEGED_CONTROL_REGS_H

#include "pvboot/hv/pv/domain.h"

/* Bits of CR4 and XCR0 that a guest may set on this processor. */
uint64_t control_regs_cr4(void);
uint64_t control_regs_xcr0(void);
/*
 * MOV between *R and control register N, but for loading CR3 (priv_op.c).
 * False: #GP.
 */
bool control_regs_mov(struct vcpu *v, unsigned n, uint64_t *r, bool write);
/* On V's processor, before it first runs: what V has. */
void control_regs_load(struct vcpu *v);
bool control_regs_xsetbv(struct vcpu *v);

#endif
