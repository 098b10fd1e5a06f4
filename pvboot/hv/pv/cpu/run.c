/*
 * The main loop, deferred work, and what strikes while we ourselves run.
 */
#include "pvboot/hv/pv/cpu/run.h"

#include "pvboot/hv/machine/boot/boot.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/lock.h"
#include "pvboot/hv/machine/smp.h"
#include "pvboot/hv/machine/tables.h"
#include "pvboot/hv/machine/upcalls.h"
#include "pvboot/hv/machine/work.h"
#include "pvboot/hv/pv/cpu/domain.h"
#include "pvboot/hv/pv/cpu/traps.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/cpu/vcpu_load.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/tlb.h"

struct processor {
	struct vcpu *vcpu;
};

static struct processor processors[VCPUS];

void run_bind(unsigned processor, struct vcpu *v)
{
	processors[processor].vcpu = v;
}

static void load(struct vcpu *v)
{
	paging_load(v);
	if (v->pv.starts)
		vcpu_load(v);
}

/* Into the guest, with what waits for it, and what it exits with. */
static inline void enter(struct vcpu *v)
{
	if (!v->loaded)
		load(v);
	trap_deliver(v);
	if (v->domain->shutdown >= 0)
		return;
	smp_to_guest(v->id);
	do
		trap_enter(&v->regs, v->pv.sysret);
	while (trap_alone(v));
	smp_from_guest(v->id, v->regs.vector);
	tlb_turn(v->domain);
	trap_exit(v);
}

/*
 * Nothing to run.  With others beside it the processor then holds no root of
 * the guest's, so that nobody has to wake it for a flush.
 */
static void idle(struct vcpu *v)
{
	if (smp_count == 1) {
		cpu_wait();
		return;
	}
	if (v->loaded)
		paging_unload(v);
	smp_idle();
}

/* With a budget of its own: that of the last exit may be spent. */
static inline void work(void)
{
	if (!work_first)
		return;
	budget_start();
	work_run_all();
}

/* With the lock, which enter() and idle() give back meanwhile. */
__attribute__((hot)) void
run(unsigned processor)
{
	struct vcpu *v = processors[processor].vcpu;
	struct domain *d = v->domain;

	tables_set_stack(processor, &v->regs);
	for (;;) {
		work();
		if (d->shutdown >= 0)
			domain_end(d);
		if (v->state == VCPU_RUNNABLE)
			enter(v);
		else
			idle(v);
	}
}

/*
 * In the midst of something, or from idle(), which has given back the lock, or
 * while it waits for it.
 */
static void interrupt(unsigned vector)
{
	irq_note(vector);
	if (lock_waits())
		return;
	if (lock_is_ours()) {
		irq_serve(smp_self());
		return;
	}
	lock_take(smp_self());
	lock_release();
}

/*
 * An interrupt in cpu_wait(), a fault in one of the few instructions that may
 * (trap.S lists them), a breakpoint the guest has set; or a bug.
 */
void trap_inside_c(struct regs *r)
{
	const uint64_t *x;

	if (r->vector >= VEC_IRQ) {
		interrupt((unsigned)r->vector);
		return;
	}
	if (r->vector == VEC_NMI)
		smp_nmi();
	if (r->vector == VEC_NMI || r->vector == VEC_DB)
		return;
	for (x = extable_start; x < extable_end; x += 2)
		if (x[0] == r->rip) {
			r->rip = x[1];
			return;
		}
	panic("exception %llu error %llx at %llx, cr2 %llx, rsp %llx",
	      (unsigned long long)r->vector, (unsigned long long)r->error,
	      (unsigned long long)r->rip, (unsigned long long)read_cr2(),
	      (unsigned long long)r->rsp);
}
