/*
 * Event channels.  By the 2-level ABI port numbers index shared_info's bitmaps,
 * and the mask bits belong to the guest; evtchn_fifo.c has the other ABI.  Port
 * 0 is never valid.
 */
#include "pvboot/hv/pv/cpu/evtchn.h"

#include "pvboot/hv/pv/cpu/evtchn_fifo.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <xen/event_channel.h>

#define BACKEND_DOM 0

static struct evtchn *port_of(struct domain *d, uint64_t port)
{
	if (!port || port >= EVTCHN_PORTS || d->port[port].state == EC_FREE)
		return NULL;
	return &d->port[port];
}

bool evtchn_pending(struct domain *d, unsigned port)
{
	if (port < EVTCHN_PORTS && d->fifo.on)
		return evtchn_fifo_pending(d, port);
	return port < EVTCHN_PORTS &&
		d->shared->evtchn_pending[port / 64] >> port % 64 & 1;
}

static bool test_and_set(xen_ulong_t *words, unsigned bit)
{
	xen_ulong_t m = 1UL << bit % 64;

	return __atomic_fetch_or(&words[bit / 64], m, __ATOMIC_SEQ_CST) & m;
}

static bool polls(const struct vcpu *v, unsigned port)
{
	budget_charge(v->n_poll / 16);
	for (unsigned i = 0; i < v->n_poll; i++)
		if (v->poll_port[i] == port)
			return true;
	return false;
}

/* A poller wakes even for a masked port, and for one that tells another. */
static void wake_pollers(struct domain *d, unsigned port)
{
	for (unsigned i = 0; i < d->n_vcpus; i++)
		if (polls(&d->vcpu[i], port))
			vcpu_wake(&d->vcpu[i]);
}

static void set_upcall(struct vcpu *v, unsigned port)
{
	vcpu_info_t *vi = v->info;

	if (!test_and_set(&vi->evtchn_pending_sel, port / 64))
		vi->evtchn_upcall_pending = 1;
	vcpu_wake(v);
}

void evtchn_set_pending(struct domain *d, unsigned port)
{
	struct vcpu *v = &d->vcpu[d->port[port].vcpu];
	shared_info_t *s = d->shared;

	if (d->fifo.on) {
		if (evtchn_fifo_raise(d, port))
			wake_pollers(d, port);
		return;
	}
	if (test_and_set(s->evtchn_pending, port))
		return;
	wake_pollers(d, port);
	if (!(s->evtchn_mask[port / 64] >> port % 64 & 1))
		set_upcall(v, port);
}

void evtchn_raise(struct domain *d, unsigned port)
{
	struct evtchn *e = port_of(d, port);

	if (e && e->state != EC_UNBOUND)
		evtchn_set_pending(d, port);
}

void evtchn_raise_virq(struct vcpu *v, unsigned virq)
{
	if (v->virq_port[virq])
		evtchn_set_pending(v->domain, v->virq_port[virq]);
	else
		vcpu_wake(v);
}

static unsigned alloc_port(struct domain *d)
{
	unsigned p;

	for (p = 1; p < EVTCHN_PORTS && d->port[p].state != EC_FREE; p++)
		;
	budget_charge(p / 16);
	return p < EVTCHN_PORTS ? p : 0;
}

/* It may still be the last of a queue (evtchn_fifo.c). */
static void set_port(struct domain *d, unsigned port, struct evtchn e)
{
	e.last_vcpu = d->port[port].last_vcpu;
	e.last_queue = d->port[port].last_queue;
	d->port[port] = e;
}

unsigned evtchn_new_backend(struct domain *d, notify_fn *notify)
{
	unsigned p = alloc_port(d);

	if (p)
		set_port(d, p, (struct evtchn){
			.state = EC_BACKEND, .notify = notify
		});
	return p;
}

int evtchn_bind_backend(struct domain *d, unsigned port, notify_fn *notify)
{
	struct evtchn *e = port_of(d, port);

	if (!e || e->state != EC_UNBOUND || e->remote_dom != BACKEND_DOM)
		return -XEN_EINVAL;
	e->state = EC_BACKEND;
	e->notify = notify;
	return 0;
}

void evtchn_unbind_backend(struct domain *d, unsigned port)
{
	struct evtchn *e = port_of(d, port);

	if (e && e->state == EC_BACKEND) {
		e->state = EC_UNBOUND;
		e->remote_dom = BACKEND_DOM;
		e->notify = NULL;
	}
}

static int64_t alloc_unbound(struct domain *d, struct evtchn_alloc_unbound *u)
{
	if (!domain_is_self(d, u->dom))
		return -XEN_EPERM;
	u->port = alloc_port(d);
	if (!u->port)
		return -XEN_ENOSPC;
	set_port(d, u->port, (struct evtchn){
		.state = EC_UNBOUND,
		.remote_dom = u->remote_dom == DOMID_SELF ?
			(domid_t)d->id : u->remote_dom,
	});
	return 0;
}

/* Only with itself: a guest has no other peers. */
static int64_t bind_interdomain(struct domain *d,
				struct evtchn_bind_interdomain *b)
{
	struct evtchn *other = port_of(d, b->remote_port);

	if (!domain_is_self(d, b->remote_dom))
		return -XEN_ESRCH;
	if (!other || other->state != EC_UNBOUND || other->remote_dom != d->id)
		return -XEN_EINVAL;
	b->local_port = alloc_port(d);
	if (!b->local_port)
		return -XEN_ENOSPC;
	set_port(d, b->local_port, (struct evtchn){
		.state = EC_INTERDOMAIN, .remote_dom = (uint16_t)d->id,
		.u = b->remote_port,
	});
	other->state = EC_INTERDOMAIN;
	other->u = b->local_port;
	evtchn_set_pending(d, b->local_port);
	return 0;
}

/* Each vCPU has its own (xen/xen.h, "V."); the others tell the first. */
static bool virq_is_own(uint32_t virq)
{
	return virq == VIRQ_TIMER || virq == VIRQ_DEBUG ||
		virq == VIRQ_XENOPROF || virq == VIRQ_XENPMU;
}

static int64_t bind_virq(struct domain *d, struct evtchn_bind_virq *b)
{
	struct vcpu *v;

	if (b->virq >= NR_VIRQS || (b->vcpu && !virq_is_own(b->virq)))
		return -XEN_EINVAL;
	if (b->vcpu >= d->n_vcpus)
		return -XEN_ENOENT;
	v = &d->vcpu[b->vcpu];
	if (v->virq_port[b->virq])
		return -XEN_EEXIST;
	b->port = alloc_port(d);
	if (!b->port)
		return -XEN_ENOSPC;
	set_port(d, b->port, (struct evtchn){
		.state = EC_VIRQ, .vcpu = (uint8_t)b->vcpu, .u = b->virq
	});
	v->virq_port[b->virq] = b->port;
	return 0;
}

static int64_t bind_ipi(struct domain *d, struct evtchn_bind_ipi *b)
{
	if (b->vcpu >= d->n_vcpus)
		return -XEN_ENOENT;
	b->port = alloc_port(d);
	if (!b->port)
		return -XEN_ENOSPC;
	set_port(d, b->port, (struct evtchn){
		.state = EC_IPI, .vcpu = (uint8_t)b->vcpu
	});
	return 0;
}

static int64_t close_port(struct domain *d, unsigned port)
{
	struct evtchn *e = port_of(d, port);

	if (!e)
		return -XEN_EINVAL;
	if (e->state == EC_VIRQ)
		d->vcpu[virq_is_own(e->u) ? e->vcpu : 0].virq_port[e->u] = 0;
	if (e->state == EC_INTERDOMAIN && e->u != port) {
		d->port[e->u].state = EC_UNBOUND;
		d->port[e->u].remote_dom = (uint16_t)d->id;
	}
	if (d->fifo.on)
		evtchn_fifo_clear(d, port);
	else
		__atomic_fetch_and(&d->shared->evtchn_pending[port / 64],
				   ~(1UL << port % 64), __ATOMIC_SEQ_CST);
	set_port(d, port, (struct evtchn){ .state = EC_FREE });
	return 0;
}

static int64_t send(struct domain *d, unsigned port)
{
	struct evtchn *e = port_of(d, port);

	if (!e)
		return -XEN_EINVAL;
	switch (e->state) {
	case EC_BACKEND:
		e->notify(d, port);
		return 0;
	case EC_INTERDOMAIN:
		evtchn_set_pending(d, e->u);
		return 0;
	case EC_IPI:
		evtchn_set_pending(d, port);
		return 0;
	case EC_UNBOUND:	/* a peer that does not listen: silence */
		return 0;
	}
	return -XEN_EINVAL;
}

static int64_t status(struct domain *d, struct evtchn_status *s)
{
	static const uint8_t name[] = {
		[EC_FREE] = EVTCHNSTAT_closed,
		[EC_UNBOUND] = EVTCHNSTAT_unbound,
		[EC_BACKEND] = EVTCHNSTAT_interdomain,
		[EC_INTERDOMAIN] = EVTCHNSTAT_interdomain,
		[EC_VIRQ] = EVTCHNSTAT_virq,
		[EC_IPI] = EVTCHNSTAT_ipi,
	};
	const struct evtchn *e;

	if (!domain_is_self(d, s->dom))
		return -XEN_ESRCH;
	if (s->port >= EVTCHN_PORTS)
		return -XEN_EINVAL;
	e = &d->port[s->port];
	s->status = name[e->state];
	s->vcpu = e->vcpu;
	if (e->state == EC_UNBOUND)
		s->u.unbound.dom = e->remote_dom;
	if (s->status == EVTCHNSTAT_interdomain) {
		s->u.interdomain.dom = e->remote_dom;
		s->u.interdomain.port = e->u;
	}
	if (e->state == EC_VIRQ)
		s->u.virq = e->u;
	return 0;
}

static int64_t bind_vcpu(struct domain *d, const struct evtchn_bind_vcpu *b)
{
	struct evtchn *e = port_of(d, b->port);

	if (b->vcpu >= d->n_vcpus)
		return -XEN_ENOENT;
	if (!e || e->state == EC_IPI ||
	    (e->state == EC_VIRQ && virq_is_own(e->u)))
		return -XEN_EINVAL;
	e->vcpu = (uint8_t)b->vcpu;
	return 0;
}

static int64_t unmask(struct domain *d, unsigned port)
{
	shared_info_t *s = d->shared;

	if (!port_of(d, port))
		return -XEN_EINVAL;
	if (d->fifo.on) {
		evtchn_fifo_unmask(d, port);
		return 0;
	}
	__atomic_fetch_and(&s->evtchn_mask[port / 64], ~(1UL << port % 64),
			   __ATOMIC_SEQ_CST);
	if (evtchn_pending(d, port))
		set_upcall(&d->vcpu[d->port[port].vcpu], port);
	return 0;
}

static int64_t set_priority(struct domain *d,
			    const struct evtchn_set_priority *s)
{
	if (!port_of(d, s->port))
		return -XEN_EINVAL;
	return evtchn_fifo_set_priority(d, s->port, s->priority);
}

struct any_op {
	uint32_t cmd;
	union {
		struct evtchn_alloc_unbound alloc_unbound;
		struct evtchn_bind_interdomain bind_interdomain;
		struct evtchn_bind_virq bind_virq;
		struct evtchn_bind_ipi bind_ipi;
		struct evtchn_close close;
		struct evtchn_send send;
		struct evtchn_status status;
		struct evtchn_bind_vcpu bind_vcpu;
		struct evtchn_unmask unmask;
		struct evtchn_init_control init_control;
		struct evtchn_expand_array expand_array;
		struct evtchn_set_priority set_priority;
	} u;
};

static int64_t one_op(struct domain *d, struct any_op *op)
{
	switch (op->cmd) {
	case EVTCHNOP_alloc_unbound:
		return alloc_unbound(d, &op->u.alloc_unbound);
	case EVTCHNOP_bind_interdomain:
		return bind_interdomain(d, &op->u.bind_interdomain);
	case EVTCHNOP_bind_virq:
		return bind_virq(d, &op->u.bind_virq);
	case EVTCHNOP_bind_ipi:
		return bind_ipi(d, &op->u.bind_ipi);
	case EVTCHNOP_close:
		return close_port(d, op->u.close.port);
	case EVTCHNOP_send:
		return send(d, op->u.send.port);
	case EVTCHNOP_status:
		return status(d, &op->u.status);
	case EVTCHNOP_bind_vcpu:
		return bind_vcpu(d, &op->u.bind_vcpu);
	case EVTCHNOP_unmask:
		return unmask(d, op->u.unmask.port);
	case EVTCHNOP_init_control:
		return evtchn_fifo_init_control(d, &op->u.init_control);
	case EVTCHNOP_expand_array:
		return evtchn_fifo_expand(d, &op->u.expand_array);
	case EVTCHNOP_set_priority:
		return set_priority(d, &op->u.set_priority);
	case EVTCHNOP_bind_pirq:
	case EVTCHNOP_reset:
		return -XEN_EPERM;
	}
	return -XEN_ENOSYS;
}

/* Bytes of each operation's structure; 0: refused without reading any. */
static size_t op_size(uint32_t cmd)
{
	static const uint8_t size[] = {
		[EVTCHNOP_alloc_unbound] = sizeof(struct evtchn_alloc_unbound),
		[EVTCHNOP_bind_interdomain] =
			sizeof(struct evtchn_bind_interdomain),
		[EVTCHNOP_bind_virq] = sizeof(struct evtchn_bind_virq),
		[EVTCHNOP_bind_ipi] = sizeof(struct evtchn_bind_ipi),
		[EVTCHNOP_close] = sizeof(struct evtchn_close),
		[EVTCHNOP_send] = sizeof(struct evtchn_send),
		[EVTCHNOP_status] = sizeof(struct evtchn_status),
		[EVTCHNOP_bind_vcpu] = sizeof(struct evtchn_bind_vcpu),
		[EVTCHNOP_unmask] = sizeof(struct evtchn_unmask),
		[EVTCHNOP_init_control] = sizeof(struct evtchn_init_control),
		[EVTCHNOP_expand_array] = sizeof(struct evtchn_expand_array),
		[EVTCHNOP_set_priority] = sizeof(struct evtchn_set_priority),
	};

	return cmd < sizeof(size) ? size[cmd] : 0;
}

static int64_t run_op(struct vcpu *v, uint32_t cmd, uint64_t arg)
{
	struct any_op op = { .cmd = cmd };
	size_t size = op_size(cmd);
	int64_t r;

	if (!guest_read(v, &op.u, arg, size))
		return -XEN_EFAULT;
	r = one_op(v->domain, &op);
	if (!r && cmd != EVTCHNOP_send && !guest_write(v, arg, &op.u, size))
		r = -XEN_EFAULT;
	return r;
}

/* event_channel_op(cmd, arg) */
int64_t do_event_channel_op(struct vcpu *v, const uint64_t *a)
{
	return run_op(v, (uint32_t)a[0], a[1]);
}

/* Before Xen 3.0.2: one structure, command first, then the arguments. */
int64_t do_event_channel_compat(struct vcpu *v, const uint64_t *a)
{
	uint32_t cmd;

	if (!guest_read(v, &cmd, a[0], sizeof(cmd)))
		return -XEN_EFAULT;
	return run_op(v, cmd, a[0] + offsetof(struct evtchn_op, u));
}
