/*
 * The guest's console, both ways: its ring (xen/io/console.h), joined with the
 * machine's.  Indexes in the ring are the guest's to spoil: they are read once
 * and masked.
 */
#include "pvboot/hv/back/console.h"

#include <string.h>

#include "pvboot/hv/machine/console/tty.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/hold.h"

#include <xen/io/console.h>

static void drain(struct domain *d, unsigned port)
{
	struct xencons_interface *c = hold_page(&d->console_ring);
	volatile XENCONS_RING_IDX *prod = &c->out_prod;
	XENCONS_RING_IDX end = *prod, at = c->out_cons;
	char buf[256];
	unsigned n;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (end - at > sizeof(c->out))
		at = end - sizeof(c->out);
	if (end == c->out_cons)
		return;
	while (at != end) {
		for (n = 0; n < sizeof(buf) && at != end; n++)
			buf[n] = c->out[MASK_XENCONS_IDX(at++, c->out)];
		budget_charge(n);
		tty_write_raw(buf, n);
	}
	c->out_cons = end;
	evtchn_raise(d, port);
}

/* Keys: into the ring as long as there is room, the rest is lost. */
static void key_interrupt(void *arg)
{
	struct domain *d = arg;
	struct xencons_interface *c = hold_page(&d->console_ring);
	bool any = false;
	int b;

	while ((b = tty_read()) >= 0) {
		XENCONS_RING_IDX used = c->in_prod - c->in_cons;

		if (used >= sizeof(c->in))
			continue;
		c->in[MASK_XENCONS_IDX(c->in_prod, c->in)] = (char)b;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		c->in_prod++;
		any = true;
	}
	if (any)
		evtchn_raise(d, d->console_port);
}

/* What is left in the ring when the guest ends. */
static void flush(struct domain *d)
{
	drain(d, d->console_port);
}

void console_init(struct domain *d)
{
	d->console_port = evtchn_new_backend(d, drain);
	d->ending = flush;
	tty_interrupts(key_interrupt, d);
}
