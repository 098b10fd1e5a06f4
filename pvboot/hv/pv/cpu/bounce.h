/* Into one of the guest's handlers. */
#ifndef PVBOOT_HV_PV_CPU_BOUNCE_H
#define PVBOOT_HV_PV_CPU_BOUNCE_H

#include "pvboot/hv/pv/domain.h"

#define NO_ERROR_CODE	(~0ULL)

/* Exception VEC to the guest's handler. */
void bounce_trap(struct vcpu *v, unsigned vec, uint64_t error);
void bounce_callback(struct vcpu *v, const struct callback *cb);
void bounce_failsafe(struct vcpu *v);
void bounce_page_fault(struct vcpu *v, uint64_t cr2, uint64_t error);

#endif
