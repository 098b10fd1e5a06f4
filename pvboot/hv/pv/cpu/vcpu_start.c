/*
 * Starting vCPUs other than the first.  The guest describes one by a whole
 * vcpu_guest_context (xen/arch-x86/xen.h), once; it is copied once and checked,
 * and all that is kept is what a running vCPU could have made itself by
 * hypercalls.  What only its processor can load waits until that runs it.
 */
#include "pvboot/hv/pv/cpu/vcpu_start.h"

#include <string.h>

#include "pvboot/hv/machine/clock/timer.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/smp.h"
#include "pvboot/hv/pv/cpu/iret.h"
#include "pvboot/hv/pv/cpu/privileged/control_regs.h"
#include "pvboot/hv/pv/cpu/privileged/debug_regs.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/hold.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"

#include <xen/sched.h>

#define MXCSR_AT	24
#define CONTEXT_FLAGS	(VGCF_i387_valid | VGCF_in_kernel | VGCF_online | \
			 VGCF_failsafe_disables_events |		    \
			 VGCF_syscall_disables_events)

static bool addresses_ok(const struct vcpu_guest_context *c)
{
	for (unsigned i = 0; i < 256; i++)
		if (!addr_canonical(c->trap_ctxt[i].address))
			return false;
	return addr_canonical(c->user_regs.rip) &&
		addr_canonical(c->event_callback_eip) &&
		addr_canonical(c->failsafe_callback_eip) &&
		addr_canonical(c->syscall_callback_eip) &&
		addr_canonical(c->fs_base) &&
		addr_canonical(c->gs_base_kernel) &&
		addr_canonical(c->gs_base_user);
}

/* MXCSR has 16 bits, and without DAZ fewer: trap_fxrstor() looks at that. */
static bool fpu_ok(const struct vcpu_guest_context *c)
{
	uint32_t mxcsr;

	memcpy(&mxcsr, c->fpu_ctxt.x + MXCSR_AT, sizeof(mxcsr));
	return !(c->flags & VGCF_i387_valid) || !(mxcsr >> 16);
}

static bool context_ok(const struct vcpu_guest_context *c)
{
	if (c->flags & ~(unsigned long)CONTEXT_FLAGS || !fpu_ok(c))
		return false;
	if (!(c->flags & VGCF_in_kernel) && !(c->ctrlreg[1] >> 12))
		return false;	/* in user mode without a root */
	if (c->ldt_ents > 8192 || c->ldt_base & (PAGE_SIZE - 1) ||
	    (c->ldt_ents && !guest_range(c->ldt_base, c->ldt_ents * 8)))
		return false;
	return c->gdt_ents <= 8192 && addresses_ok(c);
}

static int keep_debug(struct vcpu *v, const struct vcpu_guest_context *c)
{
	int err = 0;

	for (unsigned i = 0; i < 8 && !err; i++)
		if (i != 4 && i != 5)
			err = debug_regs_keep(v, i, c->debugreg[i]);
	return err ? -XEN_EINVAL : 0;
}

/* Descriptors and roots, with references; nothing when one is refused. */
static int keep_pages(struct vcpu *v, const struct vcpu_guest_context *c)
{
	uint64_t user = c->ctrlreg[1] >> 12, kernel = c->ctrlreg[3] >> 12;
	struct domain *d = v->domain;
	int err = segments_set_gdt(v, c->gdt_frames, (unsigned)c->gdt_ents);

	if (!err)
		err = hold_take(d, &v->pv.kernel_root, kernel, FT_L4);
	if (!err && user)
		err = hold_take(d, &v->pv.user_root, user, FT_L4);
	if (err) {
		hold_drop(&v->pv.kernel_root);
		segments_set_gdt(v, NULL, 0);
		return budget_error(err, -XEN_EINVAL);
	}
	if (user && user != kernel)
		paging_show_m2p(d, user, false);
	paging_show_m2p(d, kernel, true);
	return 0;
}

static void set_registers(struct vcpu *v, const struct cpu_user_regs *u)
{
	v->regs = (struct regs){
		.r15 = u->r15, .r14 = u->r14, .r13 = u->r13, .r12 = u->r12,
		.rbp = u->rbp, .rbx = u->rbx, .r11 = u->r11, .r10 = u->r10,
		.r9 = u->r9, .r8 = u->r8, .rax = u->rax, .rcx = u->rcx,
		.rdx = u->rdx, .rsi = u->rsi, .rdi = u->rdi, .rip = u->rip,
		.cs = u->cs | 3, .rflags = iret_flags(u->rflags),
		.rsp = u->rsp, .ss = u->ss | 3,
	};
	v->pv.iopl = u->rflags >> 12 & 3;
}

static void set_handlers(struct vcpu_pv *pv, const struct vcpu_guest_context *c)
{
	for (unsigned i = 0; i < 256; i++)
		pv->trap[i] = (struct trap_gate){
			c->trap_ctxt[i].address, c->trap_ctxt[i].flags
		};
	pv->kernel_sp = c->kernel_sp;
	pv->event_cb = (struct callback){ c->event_callback_eip, true };
	pv->failsafe_cb = (struct callback){
		c->failsafe_callback_eip,
		c->flags & VGCF_failsafe_disables_events,
	};
	pv->syscall_cb = (struct callback){
		c->syscall_callback_eip,
		c->flags & VGCF_syscall_disables_events,
	};
}

/* What waits for its processor. */
static void set_start(struct vcpu_pv *pv, const struct vcpu_guest_context *c)
{
	const struct cpu_user_regs *u = &c->user_regs;

	pv->ldt_va = c->ldt_base;
	pv->ldt_ents = (unsigned)c->ldt_ents;
	pv->ts = c->ctrlreg[0] & CR0_TS;
	pv->start = (struct vcpu_start){
		.ds = u->ds, .es = u->es, .fs = u->fs, .gs = u->gs,
		.fs_base = c->fs_base, .gs_kernel = c->gs_base_kernel,
		.gs_user = c->gs_base_user,
		.has_fpu = c->flags & VGCF_i387_valid,
	};
	memcpy(pv->start.fpu, c->fpu_ctxt.x, sizeof(pv->start.fpu));
	pv->starts = true;
}

int64_t vcpu_start_initialise(struct vcpu *by, struct vcpu *v, uint64_t arg)
{
	static struct vcpu_guest_context c;	/* under the one lock */
	int err;

	if (v->initialised)
		return -XEN_EEXIST;
	if (!guest_read(by, &c, arg, sizeof(c)))
		return -XEN_EFAULT;
	budget_charge(BUDGET_CALL);
	v->pv.cr4 = c.ctrlreg[4] & control_regs_cr4();
	if (!context_ok(&c) || keep_debug(v, &c))
		return -XEN_EINVAL;
	err = keep_pages(v, &c);
	if (err)
		return err;
	v->pv.kernel_mode = c.flags & VGCF_in_kernel;
	set_registers(v, &c.user_regs);
	set_handlers(&v->pv, &c);
	set_start(&v->pv, &c);
	v->initialised = true;
	return c.flags & VGCF_online ? vcpu_start_up(v) : 0;
}

int64_t vcpu_start_up(struct vcpu *v)
{
	if (!v->initialised)
		return -XEN_EINVAL;
	if (v->state != VCPU_OFFLINE)
		return 0;
	v->state = VCPU_RUNNABLE;
	vcpu_runstate(v, RUNSTATE_running);
	vcpu_set_tick(v, VCPU_TICK);
	smp_kick(v->id);
	return 0;
}

static bool others_up(const struct vcpu *v)
{
	const struct domain *d = v->domain;

	for (unsigned i = 0; i < d->n_vcpus; i++)
		if (i != v->id && d->vcpu[i].state != VCPU_OFFLINE)
			return true;
	return false;
}

/* The last one: as in Xen, that is the end. */
int64_t vcpu_start_down(struct vcpu *v)
{
	if (v->state == VCPU_OFFLINE)
		return 0;
	if (!others_up(v)) {
		v->domain->shutdown = SHUTDOWN_poweroff;
		return 0;
	}
	timer_stop(&v->tick);
	timer_stop(&v->timer);
	timer_stop(&v->poll_timer);
	v->n_poll = 0;
	v->state = VCPU_OFFLINE;
	vcpu_runstate(v, RUNSTATE_offline);
	smp_gather();
	return 0;
}
