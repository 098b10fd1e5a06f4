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
/* Without the lock; false: nothing is done that matters, the lock is needed. */
bool bounce_callback_alone(struct vcpu *v, const struct callback *cb);
bool bounce_page_fault_alone(struct vcpu *v, uint64_t cr2, uint64_t error);

#endif
