/* The hypercall grant_table_op. */
#ifndef PVBOOT_HV_PV_MEMORY_GRANT_OP_H
#define PVBOOT_HV_PV_MEMORY_GRANT_OP_H

#include "pvboot/hv/pv/domain.h"

int64_t do_grant_table_op(struct vcpu *v, const uint64_t *a);

#endif
