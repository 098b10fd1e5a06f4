/* A hypercall that is done in parts: the guest makes it again. */
#ifndef PVBOOT_HV_PV_CONTINUATION_H
#define PVBOOT_HV_PV_CONTINUATION_H

#include "pvboot/hv/pv/domain.h"

/* When V goes on, it makes the same call with other first arguments. */
void continuation_set(struct vcpu *v, uint64_t arg0, uint64_t arg1);

#endif
