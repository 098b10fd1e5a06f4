/* Yield, block, poll, shutdown. */
#ifndef PVBOOT_HV_PV_CPU_SCHED_H
#define PVBOOT_HV_PV_CPU_SCHED_H

#include "pvboot/hv/pv/domain.h"

int64_t do_sched_op(struct vcpu *v, const uint64_t *a);
int64_t do_sched_op_compat(struct vcpu *v, const uint64_t *a);

#endif
