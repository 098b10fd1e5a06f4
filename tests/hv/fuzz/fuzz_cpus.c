/*
 * Part of fuzz.elf: its vCPUs.  Each but the first has a root of its own, in
 * which our variables and the stack are frames of its own: so all code is
 * written as for one.  The pool, and with it what is played with, is mapped by
 * one L1 table that all of them share.
 */
#include "tests/hv/fuzz/fuzz.h"

#include <string.h>

#define L1_SIZE	(512 * PAGE)

unsigned fuzz_me, fuzz_cpus = 1;
uint64_t *fuzz_root;

/* In the pool: all see it. */
static struct report {
	volatile uint64_t done;
	volatile long bad;
	volatile uint64_t ops;
} *report;
static long (*body)(uint64_t *ops);

extern char data_start[], bss_end[];	/* guest.ld */
extern char stack_top[];		/* start.S, with these entries */
#define TRAPS(X) X(0) X(1) X(3) X(4) X(6) X(7) X(11) X(12) X(13) X(14)
#define DECLARE(v) void trap_##v(void);
TRAPS(DECLARE)

static long vcpu_op(unsigned cmd, unsigned n, void *arg)
{
	return hypercall(__HYPERVISOR_vcpu_op, cmd, n, UL(arg), 0);
}

static void run_cpu(unsigned n)
{
	fuzz_me = n;
	report[n].bad = body((uint64_t *)&report[n].ops);
	report[n].done = 1;
	for (;;)
		vcpu_op(VCPUOP_down, n, NULL);
}

static uint64_t *copy_table(uint64_t entry)
{
	return memcpy(pages(1), table_va(entry >> 12 & 0xffffffffff), PAGE);
}

/* An entry for table T, from now on only to be read. */
static uint64_t entry_of(uint64_t *t)
{
	protect(t, false);
	return va_ma(t) | P | RW | US | A | D;
}

/* Whether the page at VA is each vCPU's own: not what is mapped there later. */
static bool is_own(const char *va)
{
	return va >= data_start && va < bss_end &&
		(pte_of(va) >> 12 & 0xffffffffff) == va_mfn(va);
}

static void own_pages(uint64_t *l1, const char *start)
{
	for (unsigned i = 0; i < 512; i++) {
		const char *va = start + i * PAGE;

		if (is_own(va))
			l1[i] = va_ma(memcpy(pages(1), va, PAGE)) |
				(l1[i] & 0xfff);
	}
}

/* A root in which all is as now, but what is_own() is a copy. */
static void make_root(void)
{
	const char *const first = (char *)(UL(data_start) & -L1_SIZE);
	unsigned slot4 = UL(image) >> 39 & 511, slot3 = UL(image) >> 30 & 511;
	uint64_t *l4 = pages(1), *l3, *l2, *l1;

	fuzz_root = l4;	/* in its copy, too */
	l3 = copy_table(((uint64_t *)si->pt_base)[slot4]);
	l2 = copy_table(l3[slot3]);
	for (const char *va = first; va < bss_end; va += L1_SIZE) {
		unsigned slot = UL(va) >> 21 & 511;

		l1 = copy_table(l2[slot]);
		own_pages(l1, va);
		l2[slot] = entry_of(l1);
	}
	l3[slot3] = entry_of(l2);
	l4[slot4] = entry_of(l3);
	protect(l4, false);
}

static long start_cpu(unsigned n)
{
	static const struct trap_info gates[] = {
#define GATE(v) { v, v == 3 ? 3 : 0, FLAT_KERNEL_CS64, UL(trap_##v) },
		TRAPS(GATE)
	};
	static struct vcpu_guest_context c;
	long err;

	memset(&c, 0, sizeof(c));
	for (unsigned i = 0; i < sizeof(gates) / sizeof(gates[0]); i++)
		c.trap_ctxt[gates[i].vector] = gates[i];
	c.flags = VGCF_in_kernel;
	c.user_regs.rip = UL(run_cpu);
	c.user_regs.cs = FLAT_KERNEL_CS64;
	c.user_regs.ss = FLAT_KERNEL_SS64;
	c.user_regs.rsp = c.kernel_sp = UL(stack_top);
	c.user_regs.rsp -= 8;
	c.user_regs.rdi = n;
	c.ctrlreg[3] = va_mfn(fuzz_root) * PAGE;
	err = vcpu_op(VCPUOP_initialise, n, &c);
	return err ? err : vcpu_op(VCPUOP_up, n, NULL);
}

static volatile uint32_t *port;	/* in the pool: each vCPU's, to send to */

static void make_port(void)
{
	struct evtchn_bind_ipi b = { .vcpu = fuzz_me };

	if (!port[fuzz_me] && !hypercall(__HYPERVISOR_event_channel_op,
			EVTCHNOP_bind_ipi, UL(&b), 0, 0))
		port[fuzz_me] = b.port;
}

static void send(unsigned n)
{
	struct evtchn_send s = { .port = port[n] };

	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, UL(&s), 0, 0);
}

/* For an event that another may send, or half a millisecond. */
static void poll(void)
{
	evtchn_port_t on[2] = { port[fuzz_me], (uint32_t)fuzz_rnd(64) };
	struct sched_poll p = { .nr_ports = 1 + (unsigned)fuzz_rnd(2) };

	p.timeout = guest_now() + 500000;
	set_xen_guest_handle(p.ports, on);
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, UL(&p), 0, 0);
	__atomic_and_fetch(&shared->evtchn_pending[on[0] / 64],
			   ~(1UL << on[0] % 64), __ATOMIC_SEQ_CST);
}

void fuzz_life(void)
{
	static struct vcpu_guest_context c;
	unsigned n = (unsigned)fuzz_rnd(fuzz_cpus);

	if (fuzz_cpus == 1)
		return;
	make_port();
	switch (fuzz_rnd(6)) {
	case 0:
		if (n && !report[n].done)
			vcpu_op(VCPUOP_down, n, NULL);
		break;
	case 1:
		fuzz_bad += vcpu_op(VCPUOP_initialise, n, &c) != -17;
		break;
	case 2:
		poll();
		break;
	case 3:
		send(n);
		break;
	default:
		vcpu_op(VCPUOP_up, n, NULL);
	}
}

void fuzz_count_cpus(void)
{
	fuzz_root = (uint64_t *)si->pt_base;
	while (fuzz_cpus < FUZZ_CPUS &&
	       vcpu_op(VCPUOP_is_up, fuzz_cpus, NULL) >= 0)
		fuzz_cpus++;
}

long fuzz_start(long (*run)(uint64_t *ops))
{
	uint8_t *window = fuzz_window;
	long err = 0;

	if (fuzz_cpus == 1)
		return 0;
	body = run;
	report = pages(1);
	port = pages(1);
	for (unsigned n = 1; n < fuzz_cpus && !err; n++) {
		fuzz_window = pages(1);
		fuzz_quiet = pages(2);
		make_root();
		err = start_cpu(n);
	}
	fuzz_window = window;
	fuzz_quiet = pages(2);
	fuzz_root = (uint64_t *)si->pt_base;
	return err;
}

long fuzz_join(uint64_t *ops)
{
	long bad = 0;

	for (unsigned n = 1; n < fuzz_cpus; n++) {
		while (!report[n].done) {
			vcpu_op(VCPUOP_up, n, NULL);	/* if it is down */
			rest();
		}
		bad += report[n].bad;
		*ops += report[n].ops;
	}
	return bad;
}
