/* The table of hypercalls. */
#ifndef PVBOOT_HV_PV_CPU_HYPERCALL_HYPERCALL_H
#define PVBOOT_HV_PV_CPU_HYPERCALL_HYPERCALL_H

#include "pvboot/hv/pv/domain.h"

typedef int64_t hypercall_fn(struct vcpu *v, const uint64_t *a);

#define HYPERCALLS 64

extern hypercall_fn *const hypercall_table[HYPERCALLS]; /* or NULL */

void hypercall(struct vcpu *v);
/* One entry of the table, as hypercall or part of a multicall. */
int64_t hypercall_dispatch(struct vcpu *v, uint64_t nr, const uint64_t *a);

#endif
