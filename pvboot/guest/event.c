/*
 * Event channels, polled: upcalls stay masked from the first instruction to
 * the last (the decompressors write below the stack pointer, where an upcall
 * would push its frame).
 */
#include "loader/base/err.h"
#include "pvboot/guest/console.h"
#include "pvboot/guest/guest.h"

#define WORD_BITS 64u
#define QUIET	  50u /* ms of waiting before the console hears of it */

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

/* The other end often runs at once, and we do not. */
void event_send(evtchn_port_t port)
{
	struct evtchn_send send = { port };
	uint64_t before = rdtsc();

	hyper_event(EVTCHNOP_send, &send);
	backend_tsc += rdtsc() - before;
}

static void poll_port(evtchn_port_t port, unsigned ms)
{
	struct sched_poll poll = {
		.nr_ports = 1,
		.timeout = clock_ns() + ms * 1000000ul,
	};
	uint64_t before = rdtsc();

	set_xen_guest_handle(poll.ports, &port);
	hyper_sched(SCHEDOP_poll, &poll);
	backend_tsc += rdtsc() - before;
}

void event_wait(evtchn_port_t port, unsigned ms)
{
	poll_port(port, ms < QUIET ? ms : QUIET);
	if (ms <= QUIET || *pending_word(port) >> port % WORD_BITS & 1)
		return;
	console_tell();
	poll_port(port, ms - QUIET);
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

/* The bits of word I that belong to the ports we were given. */
static unsigned long given(unsigned i)
{
	evtchn_port_t store = start_info->store_evtchn;
	evtchn_port_t console = start_info->console.domU.evtchn;

	return (store / WORD_BITS == i ? 1ul << store % WORD_BITS : 0) |
	       (console / WORD_BITS == i ? 1ul << console % WORD_BITS : 0);
}

/*
 * The flags first: an event that comes after that sets them again, and one
 * before it has left its bit.
 */
void event_reset(void)
{
	vcpu_info_t *v = &shared_info.vcpu_info[0];

	__atomic_store_n(&v->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < WORD_BITS; i++) {
		if (!__atomic_and_fetch(&shared_info.evtchn_pending[i],
					given(i), __ATOMIC_SEQ_CST))
			continue;
		__atomic_fetch_or(&v->evtchn_pending_sel, 1ul << i,
				  __ATOMIC_SEQ_CST);
		__atomic_store_n(&v->evtchn_upcall_pending, 1,
				 __ATOMIC_SEQ_CST);
	}
}
