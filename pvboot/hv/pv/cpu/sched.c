/*
 * sched_op: giving up the processor, and the domain's own end.
 */
#include "pvboot/hv/pv/cpu/sched.h"

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <xen/sched.h>

#define POLL_MAX (sizeof(((struct vcpu *)0)->poll_port) / sizeof(uint32_t))

static int64_t block(struct vcpu *v)
{
	v->info->evtchn_upcall_mask = 0;
	if (!v->info->evtchn_upcall_pending)
		vcpu_block(v);
	return 0;
}

/*
 * Backends have run by now (the main loop runs their work before it enters the
 * guest); interrupts they wait for are let in.
 */
static int64_t yield(void)
{
	core_poll();
	return 0;
}

static int64_t poll(struct vcpu *v, uint64_t arg)
{
	struct sched_poll p;
	unsigned i;

	if (!guest_read(v, &p, arg, sizeof(p)))
		return -XEN_EFAULT;
	if (p.nr_ports > POLL_MAX)
		return -XEN_EINVAL;
	if (!guest_read(v, v->poll_port, (uint64_t)(uintptr_t)p.ports.p,
			p.nr_ports * sizeof(uint32_t)))
		return -XEN_EFAULT;
	for (i = 0; i < p.nr_ports; i++) {
		if (v->poll_port[i] >= EVTCHN_PORTS)
			return -XEN_EINVAL;
		if (evtchn_pending(v->domain, v->poll_port[i]))
			return 0;
	}
	/* An event of its own has come since it called: nobody wakes it. */
	if (v->info->evtchn_upcall_pending && !v->info->evtchn_upcall_mask)
		return 0;
	if (p.timeout && p.timeout <= time_now())
		return 0;
	v->n_poll = p.nr_ports;
	vcpu_block(v);
	if (p.timeout)
		timer_set(&v->poll_timer, p.timeout);
	return 0;
}

static int64_t shut_down(struct vcpu *v, uint64_t reason)
{
	switch (reason) {
	case SHUTDOWN_poweroff:
	case SHUTDOWN_reboot:
		v->domain->shutdown = (int)reason;
		return 0;
	case SHUTDOWN_watchdog:
		v->domain->shutdown = SHUTDOWN_reboot;
		return 0;
	case SHUTDOWN_crash:
		kill_guest(v->domain, "it reports a crash of its own");
		return 0;
	case SHUTDOWN_suspend:
		return -XEN_EOPNOTSUPP;
	}
	return -XEN_EINVAL;
}

/* sched_op(cmd, arg) */
int64_t do_sched_op(struct vcpu *v, const uint64_t *a)
{
	struct sched_shutdown s;

	switch (a[0]) {
	case SCHEDOP_yield:
		return yield();
	case SCHEDOP_block:
		return block(v);
	case SCHEDOP_shutdown:
		if (!guest_read(v, &s, a[1], sizeof(s)))
			return -XEN_EFAULT;
		return shut_down(v, s.reason);
	case SCHEDOP_poll:
		return poll(v, a[1]);
	case SCHEDOP_remote_shutdown:
		return -XEN_EPERM;
	}
	return -XEN_ENOSYS;
}

/* The call of Xen 2 and early 3: the reason is the argument itself. */
int64_t do_sched_op_compat(struct vcpu *v, const uint64_t *a)
{
	switch (a[0]) {
	case SCHEDOP_yield:
		return yield();
	case SCHEDOP_block:
		return block(v);
	case SCHEDOP_shutdown:
		return shut_down(v, a[1]);
	}
	return -XEN_ENOSYS;
}
