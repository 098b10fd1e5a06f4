/* A vCPU's state as the guest sets it. */
#ifndef PVBOOT_HV_PV_CPU_VCPU_H
#define PVBOOT_HV_PV_CPU_VCPU_H

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/domain.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/tlb.h"

void vcpu_init(struct vcpu *v);
void vcpu_wake(struct vcpu *v);
void vcpu_block(struct vcpu *v);
/* Has the guest this VMASST_TYPE_...? */
static inline bool vcpu_assist(const struct vcpu *v, unsigned type)
{
	return v->domain->vm_assist >> type & 1;
}

/* The ring it believes to be in: IOPL and gates are held against that. */
unsigned vcpu_cpl(const struct vcpu *v);
/* Its registers and the top of its stack, on the console. */
void vcpu_dump(struct vcpu *v);
void vcpu_runstate(struct vcpu *v, unsigned state);
void vcpu_runstate_write(struct vcpu *v);

/* Does that need no lock? */
static inline bool vcpu_toggles_alone(const struct vcpu *v)
{
	return !v->pv.runstate_late && !tlb_turns();
}

/* To kernel mode from user mode, or back. */
static inline void vcpu_switch(struct vcpu *v, bool kernel)
{
	v->pv.kernel_mode = kernel;
	core_swap_gs(v);
	paging_load(v);
	if (kernel && v->pv.runstate_late)
		vcpu_runstate_write(v);
}

static inline void vcpu_toggle(struct vcpu *v)
{
	vcpu_switch(v, !v->pv.kernel_mode);
}

#define VCPU_TICK	10000000ULL	/* ns: what Xen gives a PV vCPU */
/* A VIRQ_TIMER every PERIOD ns. */
void vcpu_set_tick(struct vcpu *v, uint64_t period);
int64_t vcpu_set_timer(struct vcpu *v, uint64_t deadline);
void vcpu_set_ts(struct vcpu *v, bool ts);
int64_t do_vcpu_op(struct vcpu *v, const uint64_t *a);
int64_t do_set_timer_op(struct vcpu *v, const uint64_t *a);
int64_t do_fpu_taskswitch(struct vcpu *v, const uint64_t *a);
int64_t do_nmi_op(struct vcpu *v, const uint64_t *a);

#endif
