/*
 * A hypercall in parts: the guest runs its SYSCALL (2 bytes) once more, so that
 * in between it may be interrupted like anywhere else.
 */
#include "pvboot/hv/pv/continuation.h"

void continuation_set(struct vcpu *v, uint64_t arg0, uint64_t arg1)
{
	v->regs.rdi = arg0;
	v->regs.rsi = arg1;
	v->regs.rip -= 2;
	v->left = true;
}
