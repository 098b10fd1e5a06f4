/* How the guest returns. */
#ifndef PVBOOT_HV_PV_CPU_IRET_H
#define PVBOOT_HV_PV_CPU_IRET_H

#include "pvboot/hv/pv/domain.h"

/* What the processor's flags become when the guest wants them to be FLAGS. */
uint64_t iret_flags(uint64_t flags);
int64_t do_iret(struct vcpu *v, const uint64_t *a);
/* The same without the lock; false: nothing is done, the lock is needed. */
bool iret_alone(struct vcpu *v);

#endif
