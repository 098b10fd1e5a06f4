/*
 * The test guests' runtime.  Prints by console_io, so that the rings are free
 * to be tested, and only where that is refused (a release of Xen) by the ring.
 */
#include "tests/hv/guest.h"

#include <string.h>

#include <xen/io/console.h>

#include "loader/base/fmt.h"

start_info_t *si;
shared_info_t *shared;
static unsigned tests, failed;

#define TRAPS(X) X(0) X(1) X(3) X(4) X(6) X(7) X(11) X(12) X(13) X(14) X(32)
#define DECLARE(n) void trap_##n(void);
TRAPS(DECLARE)

static uint8_t shared_page[4096] __attribute__((aligned(4096)));

#define POOL 512
static uint8_t pool[POOL][4096] __attribute__((aligned(1 << 21),
					       section(".sbss.pool")));

const volatile struct vcpu_time_info *guest_time;

/* Xen's system time (xen.h, vcpu_time_info). */
uint64_t guest_now(void)
{
	const volatile struct vcpu_time_info *t = guest_time ? guest_time :
		&shared->vcpu_info[0].time;
	uint64_t delta = __builtin_ia32_rdtsc() - t->tsc_timestamp;

	delta = t->tsc_shift < 0 ? delta >> -t->tsc_shift
				 : delta << t->tsc_shift;
	return t->system_time + (uint64_t)((unsigned __int128)delta *
					   t->tsc_to_system_mul >> 32);
}

void rest(void)
{
	evtchn_port_t port = si->store_evtchn;
	struct sched_poll p = {
		.nr_ports = 1, .timeout = guest_now() + 1000000
	};

	shared->evtchn_pending[port / 64] &= ~(1ul << port % 64);
	set_xen_guest_handle(p.ports, &port);
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, UL(&p), 0, 0);
}

static volatile struct xencons_interface *ring;

static void ring_write(const char *s, size_t n)
{
	const uint64_t *m2p = (const uint64_t *)HOLE;
	struct evtchn_send send = { si->console.domU.evtchn };

	ring = (void *)(image + m2p[si->console.domU.mfn] * PAGE);
	while (n) {
		if (ring->out_prod - ring->out_cons < sizeof(ring->out)) {
			ring->out[ring->out_prod % sizeof(ring->out)] = *s++;
			__atomic_add_fetch(&ring->out_prod, 1,
					   __ATOMIC_SEQ_CST);
			n--;
		}
		if (!n ||
		    ring->out_prod - ring->out_cons == sizeof(ring->out)) {
			hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send,
				  UL(&send), 0, 0);
			rest();
		}
	}
}

static void write(const char *s, size_t n)
{
	if (hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, n, UL(s), 0))
		ring_write(s, n);
}

static void vsay(const char *format, va_list ap)
{
	char line[256];

	write(line, vfmt(line, sizeof(line), format, ap));
}

void say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsay(format, ap);
	va_end(ap);
}

void ok(bool pass, const char *name, ...)
{
	va_list ap;

	say("%sok %u - ", pass ? "" : "not ", ++tests);
	failed += !pass;
	va_start(ap, name);
	vsay(name, ap);
	va_end(ap);
	say("\n");
}

void done(void)
{
	say("1..%u\n", tests);
}

/*
 * xenconsoled leaves a ring alone for up to 200 ms after 30 events, and what it
 * has not read when the domain is destroyed is lost.
 */
static void ring_drain(void)
{
	for (unsigned ms = 0; ring && ms < 10000; ms++) {
		if (ring->out_prod == ring->out_cons)
			return;
		rest();
	}
}

void shut_down(unsigned reason)
{
	struct sched_shutdown s = { reason };

	ring_drain();
	for (;;)
		hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, UL(&s), 0,
			  0);
}

void fault_unexpected(void);
void fault_unexpected(void)
{
	say("not ok - exception %lu error %lx at %lx cr2 %lx\n", fault_vector,
	    fault_error, fault_rip, shared->vcpu_info[0].arch.cr2);
	shut_down(SHUTDOWN_crash);
}

const char *option(const char *name)
{
	const char *p = (const char *)si->cmd_line;
	size_t n = strlen(name);

	for (; *p; p++)
		if ((p == (const char *)si->cmd_line || p[-1] == ' ') &&
		    !strncmp(p, name, n) && p[n] == '=')
			return p + n + 1;
	return NULL;
}

/* How many requests of a kind there were, and how many were granted. */
struct tally tally[TALLY_KINDS];

static long count(unsigned kind, long ret)
{
	tally[kind].all++;
	tally[kind].good += !ret;
	return ret;
}

long mmu_update(uint64_t ptr, uint64_t val)
{
	struct mmu_update u = { ptr, val };

	return count(TALLY_UPDATE, hypercall(__HYPERVISOR_mmu_update,
					     UL(&u), 1, 0, DOMID_SELF));
}

long mmuext(unsigned cmd, uint64_t arg1, uint64_t arg2)
{
	struct mmuext_op op;

	memset(&op, 0, sizeof(op));
	op.cmd = cmd;
	op.arg1.mfn = arg1;
	op.arg2.src_mfn = arg2;
	return count(cmd < TALLY_UPDATE ? cmd : TALLY_UPDATE, hypercall(
			     __HYPERVISOR_mmuext_op, UL(&op), 1, 0,
			     DOMID_SELF));
}

long set_va(const void *va, uint64_t pte)
{
	return count(TALLY_VA, hypercall(__HYPERVISOR_update_va_mapping,
					 UL(va), pte, UVMF_INVLPG, 0));
}

uint64_t *table_va(uint64_t mfn)
{
	const uint64_t *m2p = (const uint64_t *)HOLE;

	return (uint64_t *)(image + m2p[mfn] * PAGE);
}

uint64_t pte_ma(const void *va)
{
	uint64_t *t = (uint64_t *)si->pt_base;
	int shift;

	for (shift = 39; shift > 12; shift -= 9) {
		uint64_t e = t[UL(va) >> shift & 511];

		if (!(e & P))
			return 0;
		t = table_va(e >> 12 & 0xffffffffff);
	}
	return va_ma(&t[UL(va) >> 12 & 511]);
}

uint64_t pte_of(const void *va)
{
	const uint64_t *m2p = (const uint64_t *)HOLE;
	uint64_t ma = pte_ma(va);

	return ma ? *(uint64_t *)(image + m2p[ma >> 12] * PAGE +
				  (ma & (PAGE - 1))) : 0;
}

long protect(const void *va, bool writable)
{
	return set_va(va, va_mfn(va) * PAGE | P | A | D | US |
		      (writable ? RW : 0));
}

void *pages(unsigned n)
{
	static unsigned next;
	void *p = pool[next];

	next += n;
	if (next > POOL)
		shut_down(SHUTDOWN_crash);
	return memset(p, 0, n * PAGE);
}

uint64_t random64(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15UL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9UL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebUL;
	return x ^ x >> 31;
}

#define GATE(n)                                                                \
	{ n, n == 3 || n == 32 ? 3 : 0, FLAT_KERNEL_CS64, UL(trap_##n) },

void guest_start(start_info_t *info);
void guest_start(start_info_t *info)
{
	static struct trap_info gates[16];
	const struct trap_info set[] = { TRAPS(GATE) { 0, 0, 0, 0 } };

	si = info;
	memcpy(gates, set, sizeof(set));
	hypercall(__HYPERVISOR_set_trap_table, UL(gates), 0, 0, 0);
	if (set_va(shared_page, info->shared_info | P | RW | A | D | US))
		shut_down(SHUTDOWN_crash);
	shared = (shared_info_t *)shared_page;
	guest_main();
	shut_down(SHUTDOWN_poweroff);
}
