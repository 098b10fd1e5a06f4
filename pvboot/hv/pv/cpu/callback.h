/* Where the guest wants to be entered. */
#ifndef PVBOOT_HV_PV_CPU_CALLBACK_H
#define PVBOOT_HV_PV_CPU_CALLBACK_H

#include "pvboot/hv/pv/domain.h"

int64_t do_set_trap_table(struct vcpu *v, const uint64_t *a);
int64_t do_set_callbacks(struct vcpu *v, const uint64_t *a);
int64_t do_callback_op(struct vcpu *v, const uint64_t *a);
int64_t do_stack_switch(struct vcpu *v, const uint64_t *a);

#endif
