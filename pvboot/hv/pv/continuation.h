/*
 * A hypercall that is done in parts (memory/budget.h): the guest makes it
 * again, so that in between it may be interrupted like anywhere else.  A
 * handler says so by the result -XEN_ERESTART; with other first arguments, by
 * "return continuation_set(...)".
 */
#ifndef PVBOOT_HV_PV_CONTINUATION_H
#define PVBOOT_HV_PV_CONTINUATION_H

#include "pvboot/hv/pv/domain.h"

/* What the first arguments of the present call are to be; -XEN_ERESTART. */
static inline int64_t continuation_set(struct vcpu *v, uint64_t arg0,
				       uint64_t arg1)
{
	v->pv.again[0] = arg0;
	v->pv.again[1] = arg1;
	v->pv.moved = true;
	return -XEN_ERESTART;
}

/* The call whose result was -XEN_ERESTART is what V does next. */
void continuation_start(struct vcpu *v);

#endif
