/*
 * A hypercall in parts: the guest runs its SYSCALL (2 bytes) once more.  Inside
 * a multicall the arguments go to the entry instead (cpu/multicall.c).
 */
#include "pvboot/hv/pv/continuation.h"

void continuation_start(struct vcpu *v)
{
	if (v->pv.moved) {
		v->regs.rdi = v->pv.again[0];
		v->regs.rsi = v->pv.again[1];
		v->pv.moved = false;
	}
	v->regs.rip -= 2;
}
