/* Questions about memory, and reservations. */
#ifndef PVBOOT_HV_PV_MEMORY_MEMORY_OP_H
#define PVBOOT_HV_PV_MEMORY_MEMORY_OP_H

#include "pvboot/hv/pv/domain.h"

int64_t do_memory_op(struct vcpu *v, const uint64_t *a);

#endif
