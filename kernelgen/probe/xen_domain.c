/*
 * The probe as a PV domain: start_info has all that it reports.  The line goes
 * out by the console ring (Xen's io/console.h), or by console_io where there
 * is no ring.
 */
#include "kernelgen/probe/probe.h"
#include "loader/abi/xen.h"

#include <xen/event_channel.h>
#include <xen/io/console.h>
#include <xen/sched.h>

#define PATIENCE 1000000	/* yields, until the backend is given up */

long probe_hypercall(unsigned number, uint64_t a, uint64_t b, uint64_t c,
		     uint64_t d);
void probe_xenpv(struct start_info *si, uint64_t tsc);

extern const char VIRT_BASE[];

static volatile struct xencons_interface *ring;
static evtchn_port_t port;

static void notify(void)
{
	struct evtchn_send send = { .port = port };

	probe_hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send,
			(uint64_t)&send, 0, 0);
}

/* Until at most LEFT bytes of the ring are unread. */
static void wait(XENCONS_RING_IDX left)
{
	for (unsigned i = 0; i < PATIENCE; i++) {
		if (ring->out_prod - ring->out_cons <= left)
			return;
		notify();
		probe_hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0);
	}
}

static void write(const char *s, size_t len)
{
	if (!ring) {
		probe_hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, len,
				(uint64_t)s, 0);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		XENCONS_RING_IDX prod = ring->out_prod;

		wait(sizeof(ring->out) - 1);
		ring->out[MASK_XENCONS_IDX(prod, ring->out)] = s[i];
		__asm__ volatile("" : : : "memory");
		ring->out_prod = prod + 1;
	}
}

/* The console's page is RAM of ours: the M2P says which. */
static void find_console(const struct start_info *si)
{
	const uint64_t *m2p = (const void *)MACH2PHYS_VIRT_START;

	if (si->flags & SIF_INITDOMAIN || !si->console.domU.mfn)
		return;
	ring = (void *)(VIRT_BASE + m2p[si->console.domU.mfn] * XEN_PAGE);
	port = si->console.domU.evtchn;
}

static _Noreturn void poweroff(void)
{
	struct sched_shutdown off = { .reason = SHUTDOWN_poweroff };

	for (;;)
		probe_hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown,
				(uint64_t)&off, 0, 0);
}

/* Bytes of RAM: the pages that p2m list and M2P agree on. */
static uint64_t memory(const struct start_info *si)
{
	const uint64_t *m2p = (const void *)MACH2PHYS_VIRT_START;
	const uint64_t *p2m = (const void *)si->mfn_list;
	uint64_t n = 0;

	for (uint64_t pfn = 0; pfn < si->nr_pages; pfn++)
		n += ~p2m[pfn] && m2p[p2m[pfn]] == pfn;
	return n * XEN_PAGE;
}

void probe_xenpv(struct start_info *si, uint64_t tsc)
{
	/* What libmd expects at FS:28h. */
	static uint64_t canary[8];
	struct probe p = {
		.entry = "xenpv",
		.cmdline = (const char *)si->cmd_line,
		.initrd = (const void *)si->mod_start,
		.initrd_len = si->mod_len,
		.memory = memory(si),
		.tsc = tsc,
	};

	probe_hypercall(__HYPERVISOR_set_segment_base, SEGBASE_FS,
			(uint64_t)canary, 0, 0);
	find_console(si);
	probe_report(&p, write);
	if (ring)
		wait(0);
	poweroff();
}
