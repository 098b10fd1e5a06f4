/*
 * Event channels, polled: upcalls stay masked from the first instruction to
 * the last (the decompressors write below the stack pointer, where an upcall
 * would push its frame).
 */
#include "loader/base/err.h"
#include "pvboot/guest/guest.h"

#define WORD_BITS 64u

static unsigned long *pending_word(evtchn_port_t port)
{
	return &shared_info.evtchn_pending[port / WORD_BITS % WORD_BITS];
}

bool event_take(evtchn_port_t port)
{
	unsigned long bit = 1ul << port % WORD_BITS;

	return __atomic_fetch_and(pending_word(port), ~bit, __ATOMIC_SEQ_CST) &
	       bit;
}

void event_send(evtchn_port_t port)
{
	struct evtchn_send send = { port };

	hyper_event(EVTCHNOP_send, &send);
}

void event_wait(evtchn_port_t port, evtchn_port_t port2, unsigned ms)
{
	evtchn_port_t ports[2] = { port, port2 };
	struct sched_poll poll = {
		.nr_ports = port2 ? 2 : 1,
		.timeout = clock_ns() + ms * 1000000ul,
	};
	uint64_t before = rdtsc();

	set_xen_guest_handle(poll.ports, ports);
	hyper_sched(SCHEDOP_poll, &poll);
	backend_tsc += rdtsc() - before;
}

evtchn_port_t event_alloc(domid_t dom)
{
	struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF,
		.remote_dom = dom };
	long err = hyper_event(EVTCHNOP_alloc_unbound, &alloc);

	if (!err)
		return alloc.port;
	fail(ERR_READ, "no event channel: %ld", err);
	return 0;
}

void event_close(evtchn_port_t port)
{
	struct evtchn_close close = { port };

	hyper_event(EVTCHNOP_close, &close);
	event_take(port);
}

void event_reset(void)
{
	vcpu_info_t *v = &shared_info.vcpu_info[0];

	for (unsigned i = 0; i < WORD_BITS; i++)
		__atomic_store_n(&shared_info.evtchn_pending[i], 0,
				 __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
}
