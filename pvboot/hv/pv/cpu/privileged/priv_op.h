/* Privileged instructions of the guest's kernel. */
#ifndef PVBOOT_HV_PV_CPU_PRIVILEGED_PRIV_OP_H
#define PVBOOT_HV_PV_CPU_PRIVILEGED_PRIV_OP_H

#include "pvboot/hv/pv/domain.h"

enum priv_result {
	PRIV_REFUSED,		/* the fault is the guest's */
	PRIV_DONE,
	PRIV_INJECTED,		/* another exception: rip stays */
	PRIV_AGAIN,		/* rip stays: the budget was not enough */
};

/* True: done (or something was injected); false: pass the fault on. */
bool priv_op(struct vcpu *v);
bool priv_op_forced_cpuid(struct vcpu *v);

#endif
