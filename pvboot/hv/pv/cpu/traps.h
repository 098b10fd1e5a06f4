/* What made a guest exit, and its next entry. */
#ifndef PVBOOT_HV_PV_CPU_TRAPS_H
#define PVBOOT_HV_PV_CPU_TRAPS_H

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/domain.h"

/*
 * What concerns nobody but V is done without the lock: system calls, page
 * faults that are the guest's, its way back.  To others the processor is in
 * its guest meanwhile: what they want comes by interrupt, at the next entry.
 * False: it needs the lock.
 */
bool trap_alone(struct vcpu *v);
void trap_exit(struct vcpu *v);
void trap_deliver_waiting(struct vcpu *v);

/* Is nothing lost by SYSRET, but rcx and r11? */
static inline bool trap_sysret(const struct regs *r)
{
	return r->cs == SEL_KERNEL_CS && r->ss == SEL_KERNEL_SS &&
		addr_canonical(r->rip) && !(r->rflags & (FLAG_TF | FLAG_RF));
}

/* Events and NMIs that wait, then the way in that suits the registers. */
static inline void trap_deliver(struct vcpu *v)
{
	if (v->info->evtchn_upcall_pending || v->pv.nmi_pending)
		trap_deliver_waiting(v);
	v->pv.sysret = v->pv.sysret && trap_sysret(&v->regs);
}

#endif
