/*
 * The FIFO ABI of event channels (xen/event_channel.h).  Each port has a word
 * in an array of the guest's pages; pending ones are linked into a queue for
 * each vCPU and priority, whose head stands in that vCPU's control block.  The
 * guest takes them from the head, we add at the tail, which only we know.
 *
 * The pages are the guest's to write at any time, so they are held as writable
 * (hold.h), words change by atomic operations alone, and no number that stands
 * there is ever followed: a wrong one misleads the guest, not us.
 */
#include "pvboot/hv/pv/cpu/evtchn_fifo.h"

#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/hold.h"

#define BIT(n)		(1U << EVTCHN_FIFO_##n)
#define PER_PAGE	(PAGE_SIZE / sizeof(event_word_t))
#define TRIES		64	/* to change a word that the guest changes */

_Static_assert(EVTCHN_PORTS == FIFO_PAGES * PER_PAGE, "a word for each port");
_Static_assert(FIFO_QUEUES == EVTCHN_FIFO_MAX_QUEUES, "all priorities");

/* NULL: the guest has not given its page yet. */
static event_word_t *word_of(struct domain *d, unsigned port)
{
	if (port / PER_PAGE >= d->fifo.n_pages)
		return NULL;
	return (event_word_t *)hold_page(&d->fifo.array[port / PER_PAGE]) +
		port % PER_PAGE;
}

static struct evtchn_fifo_control_block *control_of(struct fifo_vcpu *f)
{
	if (!f->control.mfn)
		return NULL;
	return (void *)((uint8_t *)hold_page(&f->control) + f->offset);
}

/* PORT follows TAIL, if that is still in its queue. */
static bool link_after(struct domain *d, unsigned tail, unsigned port)
{
	event_word_t *w = word_of(d, tail), old;
	unsigned i;

	if (!w)
		return false;
	old = __atomic_load_n(w, __ATOMIC_SEQ_CST);
	for (i = 0; i < TRIES && old & BIT(LINKED); i++)
		if (__atomic_compare_exchange_n(w, &old,
						(old & ~EVTCHN_FIFO_LINK_MASK) |
						port, false, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			return true;
	return false;
}

/* A pending port that is in no queue goes to the end of the one it has. */
static void enqueue(struct domain *d, unsigned port)
{
	struct evtchn *e = &d->port[port];
	struct fifo_vcpu *f = &d->fifo.vcpu[e->vcpu];
	unsigned q = (unsigned)(EVTCHN_FIFO_PRIORITY_DEFAULT + e->priority);
	struct evtchn_fifo_control_block *c = control_of(f);
	uint16_t *last = &d->fifo.vcpu[e->last_vcpu].tail[e->last_queue];
	bool linked;

	/* It is in no queue: none ends with it. */
	if (*last == port)
		*last = 0;
	e->last_vcpu = e->vcpu;
	e->last_queue = (uint8_t)q;
	linked = f->tail[q] && link_after(d, f->tail[q], port);
	f->tail[q] = (uint16_t)port;
	if (linked)
		return;
	__atomic_store_n(&c->head[q], port, __ATOMIC_SEQ_CST);
	if (__atomic_fetch_or(&c->ready, 1U << q, __ATOMIC_SEQ_CST) & 1U << q)
		return;
	d->vcpu[e->vcpu].info->evtchn_upcall_pending = 1;
	vcpu_wake(&d->vcpu[e->vcpu]);
}

bool evtchn_fifo_raise(struct domain *d, unsigned port)
{
	struct evtchn *e = &d->port[port];
	event_word_t *w = word_of(d, port), old;

	if (!w) {
		e->pending = true;
		return true;
	}
	old = __atomic_fetch_or(w, BIT(PENDING), __ATOMIC_SEQ_CST);
	if (!(old & (BIT(MASKED) | BIT(LINKED))) &&
	    control_of(&d->fifo.vcpu[e->vcpu]) &&
	    !(__atomic_fetch_or(w, BIT(LINKED), __ATOMIC_SEQ_CST) &
	      BIT(LINKED)))
		enqueue(d, port);
	return !(old & BIT(PENDING));
}

bool evtchn_fifo_pending(struct domain *d, unsigned port)
{
	const event_word_t *w = word_of(d, port);

	return w ? __atomic_load_n(w, __ATOMIC_SEQ_CST) & BIT(PENDING) :
		d->port[port].pending;
}

void evtchn_fifo_clear(struct domain *d, unsigned port)
{
	event_word_t *w = word_of(d, port);

	d->port[port].pending = false;
	if (w)
		__atomic_fetch_and(w, ~BIT(PENDING), __ATOMIC_SEQ_CST);
}

void evtchn_fifo_unmask(struct domain *d, unsigned port)
{
	event_word_t *w = word_of(d, port);

	if (!w)
		return;
	__atomic_fetch_and(w, ~BIT(MASKED), __ATOMIC_SEQ_CST);
	if (evtchn_fifo_pending(d, port))
		evtchn_fifo_raise(d, port);
}

/* What is pending in shared_info's bitmap stays so. */
static void take_over(struct domain *d)
{
	unsigned i;

	for (i = 1; i < EVTCHN_PORTS; i++)
		d->port[i].pending = d->shared->evtchn_pending[i / 64] >>
			i % 64 & 1;
	budget_charge(EVTCHN_PORTS / 32);
	d->fifo.on = true;
}

int evtchn_fifo_init_control(struct domain *d, struct evtchn_init_control *op)
{
	struct fifo_vcpu *f;
	int err;

	if (op->vcpu >= d->n_vcpus)
		return -XEN_ENOENT;
	f = &d->fifo.vcpu[op->vcpu];
	if (f->control.mfn || op->offset & 7 || op->offset >
	    PAGE_SIZE - sizeof(struct evtchn_fifo_control_block))
		return -XEN_EINVAL;
	err = hold_take(d, &f->control, op->control_gfn, FT_WRITABLE);
	if (err)
		return budget_error(err, -XEN_EINVAL);
	f->offset = (uint16_t)op->offset;
	if (!d->fifo.on)
		take_over(d);
	op->link_bits = EVTCHN_FIFO_LINK_BITS;
	return 0;
}

int evtchn_fifo_expand(struct domain *d, const struct evtchn_expand_array *op)
{
	unsigned page = d->fifo.n_pages, i;
	int err;

	if (!d->fifo.on)
		return -XEN_EOPNOTSUPP;
	if (page == FIFO_PAGES)
		return -XEN_ENOSPC;
	err = hold_take(d, &d->fifo.array[page], op->array_gfn, FT_WRITABLE);
	if (err)
		return budget_error(err, -XEN_EINVAL);
	d->fifo.n_pages++;
	budget_charge(PER_PAGE / 16);
	for (i = page * PER_PAGE; i < (page + 1) * PER_PAGE; i++) {
		if (!d->port[i].pending)
			continue;
		d->port[i].pending = false;
		evtchn_fifo_raise(d, i);
	}
	return 0;
}

int evtchn_fifo_set_priority(struct domain *d, unsigned port,
			     unsigned priority)
{
	if (!d->fifo.on)
		return -XEN_ENOSYS;
	if (priority > EVTCHN_FIFO_PRIORITY_MIN)
		return -XEN_EINVAL;
	d->port[port].priority = (int8_t)((int)priority -
					  EVTCHN_FIFO_PRIORITY_DEFAULT);
	return 0;
}
