/*
 * A vCPU's state as the guest sets it: callbacks, trap table, timers,
 * runstate, debug registers.  Hypercalls vcpu_op and its older kin.
 */
#include "pvboot/hv/pv/cpu/vcpu.h"

#include <string.h>

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/smp.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/cpu/vcpu_start.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/hold.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"

#include <xen/nmi.h>
#include <xen/sched.h>

static void timer_fired(struct timer *t)
{
	evtchn_raise_virq(t->arg, VIRQ_TIMER);
}

static void tick_fired(struct timer *t)
{
	struct vcpu *v = t->arg;

	timer_set(t, time_now() + v->tick_period);
	evtchn_raise_virq(v, VIRQ_TIMER);
}

static void poll_fired(struct timer *t)
{
	vcpu_wake(t->arg);
}

static void fill_time(unsigned processor, vcpu_time_info_t *t)
{
	t->version |= 1;
	__asm__ volatile("" : : : "memory");
	t->tsc_timestamp = time_scale.start + time_ahead[processor];
	t->system_time = 0;
	t->tsc_to_system_mul = time_scale.mul;
	t->tsc_shift = time_scale.shift;
	t->flags = smp_tsc_agree ? XEN_PVCLOCK_TSC_STABLE_BIT : 0;
	__asm__ volatile("" : : : "memory");
	t->version++;
}

void vcpu_init(struct vcpu *v)
{
	v->timer = (struct timer){ timer_fired, v, v->id };
	v->tick = (struct timer){ tick_fired, v, v->id };
	v->poll_timer = (struct timer){ poll_fired, v, v->id };
	v->info = (vcpu_info_t *)&v->domain->shared->vcpu_info[v->id];
	v->info->evtchn_upcall_mask = 1;
	fill_time(v->id, &v->info->time);
	v->runstate.state = RUNSTATE_offline;
	v->pv.dr[6] = 0xffff0ff0;
	v->pv.dr[7] = 0x400;
	v->pv.cr4 = 0;
	segments_init(v);
}

void vcpu_runstate(struct vcpu *v, unsigned state)
{
	uint64_t now = time_now();

	v->runstate.time[v->runstate.state] += now -
		v->runstate.state_entry_time;
	v->runstate.state = (int)state;
	v->runstate.state_entry_time = now;
}

/*
 * To the area the guest has named, by its kernel's tables.  With the assist a
 * reader on another vCPU sees by the flag that it must read again.
 */
void vcpu_runstate_write(struct vcpu *v)
{
	vcpu_runstate_info_t rs = v->runstate;
	uint64_t entry = v->runstate_va + offsetof(vcpu_runstate_info_t,
						   state_entry_time);

	v->pv.runstate_late = false;
	if (!v->runstate_va)
		return;
	if (!v->pv.kernel_mode) {
		v->pv.runstate_late = true;
		return;
	}
	if (!vcpu_assist(v, VMASST_TYPE_runstate_update_flag)) {
		guest_write(v, v->runstate_va, &rs, sizeof(rs));
		return;
	}
	rs.state_entry_time |= XEN_RUNSTATE_UPDATE;
	guest_write(v, entry, &rs.state_entry_time, sizeof(uint64_t));
	guest_write(v, v->runstate_va, &rs, sizeof(rs));
	rs.state_entry_time &= ~XEN_RUNSTATE_UPDATE;
	guest_write(v, entry, &rs.state_entry_time, sizeof(uint64_t));
}

static void unblock(struct vcpu *v)
{
	timer_stop(&v->poll_timer);
	v->n_poll = 0;
	v->state = VCPU_RUNNABLE;
	vcpu_runstate(v, RUNSTATE_running);
	vcpu_runstate_write(v);
}

void vcpu_wake(struct vcpu *v)
{
	if (v->state == VCPU_BLOCKED)
		unblock(v);
	smp_kick(v->id);
}

/* One that another has taken down meanwhile stays so. */
void vcpu_block(struct vcpu *v)
{
	if (v->state == VCPU_OFFLINE)
		return;
	v->state = VCPU_BLOCKED;
	vcpu_runstate(v, RUNSTATE_blocked);
}

int64_t vcpu_set_timer(struct vcpu *v, uint64_t deadline)
{
	if (deadline <= time_now())
		evtchn_raise_virq(v, VIRQ_TIMER);
	else
		timer_set(&v->timer, deadline);
	return 0;
}

void vcpu_set_tick(struct vcpu *v, uint64_t period)
{
	v->tick_period = period;
	timer_set(&v->tick, time_now() + period);
}

unsigned vcpu_cpl(const struct vcpu *v)
{
	if (!v->pv.kernel_mode)
		return 3;
	return vcpu_assist(v, VMASST_TYPE_architectural_iopl) ? 0 : 1;
}

static void dump_stack(struct vcpu *v)
{
	uint64_t w[4];
	unsigned i;

	for (i = 0; i < 4; i++) {
		if (!guest_read(v, w, v->regs.rsp + i * 32, sizeof(w)))
			return;
		hv_log("  rsp+%02x: %016lx %016lx %016lx %016lx", i * 32,
		       w[0], w[1], w[2], w[3]);
	}
}

void vcpu_dump(struct vcpu *v)
{
	const struct regs *r = &v->regs;

	hv_log("vCPU %u, %s mode, exit %lx error %lx", v->id,
	       v->pv.kernel_mode ? "kernel" : "user", r->vector, r->error);
	hv_log("rip %04lx:%016lx rsp %04lx:%016lx rflags %08lx",
	       r->cs, r->rip, r->ss, r->rsp, r->rflags);
	hv_log("rax %016lx rbx %016lx rcx %016lx", r->rax, r->rbx, r->rcx);
	hv_log("rdx %016lx rsi %016lx rdi %016lx", r->rdx, r->rsi, r->rdi);
	hv_log("rbp %016lx r8  %016lx r9  %016lx", r->rbp, r->r8, r->r9);
	hv_log("r10 %016lx r11 %016lx r12 %016lx", r->r10, r->r11, r->r12);
	hv_log("r13 %016lx r14 %016lx r15 %016lx", r->r13, r->r14, r->r15);
	hv_log("cr2 %016lx root %lx user root %lx", v->pv.cr2,
	       v->pv.kernel_root.mfn, v->pv.user_root.mfn);
	dump_stack(v);
}

static int64_t set_singleshot(struct vcpu *v, uint64_t arg)
{
	struct vcpu_set_singleshot_timer s;

	if (!guest_read(v, &s, arg, sizeof(s)))
		return -XEN_EFAULT;
	timer_stop(&v->timer);
	if (s.flags & VCPU_SSHOTTMR_future && s.timeout_abs_ns <= time_now())
		return -XEN_ETIME;
	return vcpu_set_timer(v, s.timeout_abs_ns);
}

static int64_t set_periodic(struct vcpu *by, struct vcpu *v, uint64_t arg)
{
	struct vcpu_set_periodic_timer s;

	if (!guest_read(by, &s, arg, sizeof(s)))
		return -XEN_EFAULT;
	if (s.period_ns < 1000000)	/* Xen's own limit */
		return -XEN_EINVAL;
	if (s.period_ns > 1ULL << 40)
		return -XEN_EINVAL;
	vcpu_set_tick(v, s.period_ns);
	return 0;
}

static int64_t register_runstate(struct vcpu *by, struct vcpu *v, uint64_t arg)
{
	uint64_t va;

	if (!guest_read(by, &va, arg, sizeof(va)))
		return -XEN_EFAULT;
	if (!guest_range(va, sizeof(v->runstate)))
		return -XEN_EFAULT;
	v->runstate_va = va;
	vcpu_runstate(v, (unsigned)v->runstate.state);
	guest_write(by, va, &v->runstate, sizeof(v->runstate));
	return 0;
}

static int64_t register_time(struct vcpu *by, struct vcpu *v, uint64_t arg)
{
	vcpu_time_info_t t = v->info->time;
	uint64_t va;

	if (!guest_read(by, &va, arg, sizeof(va)) ||
	    !guest_write(by, va, &t, sizeof(t)))
		return -XEN_EFAULT;
	return 0;
}

/*
 * Once per vCPU, by itself or before it runs; the frame stays writable for us
 * as long as we live.
 */
static int64_t register_info(struct vcpu *by, struct vcpu *v, uint64_t arg)
{
	struct vcpu_register_vcpu_info r;
	vcpu_info_t *to;
	int err;

	if (!guest_read(by, &r, arg, sizeof(r)))
		return -XEN_EFAULT;
	if (v->info_page.mfn || r.offset > PAGE_SIZE - sizeof(vcpu_info_t) ||
	    r.offset & 7 || (v != by && v->state != VCPU_OFFLINE))
		return -XEN_EINVAL;
	err = hold_take(v->domain, &v->info_page, r.mfn, FT_WRITABLE);
	if (err)
		return budget_error(err, -XEN_EINVAL);
	to = (vcpu_info_t *)((uint8_t *)hold_page(&v->info_page) + r.offset);
	*to = *v->info;
	v->info = to;
	to->evtchn_pending_sel = ~0UL;
	to->evtchn_upcall_pending = 1;
	return 0;
}

static int64_t get_physid(struct vcpu *by, const struct vcpu *v, uint64_t arg)
{
	struct smp_id id = smp_id(v->id);
	uint64_t ids = (uint64_t)id.acpi << 32 | id.apic;

	return guest_write(by, arg, &ids, sizeof(ids)) ? 0 : -XEN_EFAULT;
}

static struct vcpu *find(struct vcpu *v, uint64_t id)
{
	return id < v->domain->n_vcpus ? &v->domain->vcpu[id] : NULL;
}

/* vcpu_op(cmd, vcpu, arg) */
int64_t do_vcpu_op(struct vcpu *v, const uint64_t *a)
{
	struct vcpu *t = find(v, (uint32_t)a[1]);

	if (!t)
		return -XEN_ENOENT;
	switch ((uint32_t)a[0]) {
	case VCPUOP_initialise:
		return vcpu_start_initialise(v, t, a[2]);
	case VCPUOP_up:
		return vcpu_start_up(t);
	case VCPUOP_down:
		return vcpu_start_down(t);
	case VCPUOP_is_up:
		return t->state != VCPU_OFFLINE;
	case VCPUOP_get_runstate_info:
		vcpu_runstate(t, (unsigned)t->runstate.state);
		return guest_write(v, a[2], &t->runstate, sizeof(t->runstate)) ?
			0 : -XEN_EFAULT;
	case VCPUOP_register_runstate_memory_area:
		return register_runstate(v, t, a[2]);
	case VCPUOP_set_periodic_timer:
		return set_periodic(v, t, a[2]);
	case VCPUOP_stop_periodic_timer:
		timer_stop(&t->tick);
		return 0;
	case VCPUOP_set_singleshot_timer:
		return t == v ? set_singleshot(v, a[2]) : -XEN_EINVAL;
	case VCPUOP_stop_singleshot_timer:
		timer_stop(&t->timer);
		return 0;
	case VCPUOP_register_vcpu_info:
		return register_info(v, t, a[2]);
	case VCPUOP_register_vcpu_time_memory_area:
		return register_time(v, t, a[2]);
	case VCPUOP_send_nmi:
		t->pv.nmi_pending = true;
		vcpu_wake(t);
		return 0;
	case VCPUOP_get_physid:
		return get_physid(v, t, a[2]);
	}
	return -XEN_ENOSYS;
}

/* set_timer_op(deadline); 0 cancels */
int64_t do_set_timer_op(struct vcpu *v, const uint64_t *a)
{
	timer_stop(&v->timer);
	return a[0] ? vcpu_set_timer(v, a[0]) : 0;
}

void vcpu_set_ts(struct vcpu *v, bool ts)
{
	v->pv.ts = ts;
	write_cr0(ts ? read_cr0() | CR0_TS : read_cr0() & ~(uint64_t)CR0_TS);
}

int64_t do_fpu_taskswitch(struct vcpu *v, const uint64_t *a)
{
	vcpu_set_ts(v, a[0]);
	return 0;
}

int64_t do_nmi_op(struct vcpu *v, const uint64_t *a)
{
	struct xennmi_callback cb;

	if (a[0] == XENNMI_unregister_callback) {
		v->pv.trap[VEC_NMI].address = 0;
		return 0;
	}
	if (a[0] != XENNMI_register_callback)
		return -XEN_ENOSYS;
	if (!guest_read(v, &cb, a[1], sizeof(cb)))
		return -XEN_EFAULT;
	if (!addr_canonical(cb.handler_address))
		return -XEN_EINVAL;
	v->pv.trap[VEC_NMI].address = cb.handler_address;
	return 0;
}
