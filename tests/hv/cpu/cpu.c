/*
 * A guest that looks whether what it is granted works, and whether the rest is
 * refused: state at its start, control, debug and model-specific registers,
 * ports, selectors, calls.  With left=VALUE: no page holds VALUE, which a
 * program before the hypervisor has put into memory and registers.  With deaf=1
 * it does nothing and runs on.
 */
#include "tests/hv/cpu/cpu.h"

#include <stddef.h>
#include <string.h>

#include "tests/hv/guest.h"

uint64_t cpu_user_cs, cpu_user_ss, cpu_user_flags;

struct call {
	void (*fn)(void *);
	void *arg;
};

static uint8_t user_stack[8192] __attribute__((aligned(4096)));

/* In user mode: call, then the software interrupt that says "done". */
static void user_entry(void (*fn)(void *), void *arg)
{
	fn(arg);
	__asm__ volatile("int $32");
}

static void to_user(void *arg)
{
	const struct call *c = arg;
	struct {
		uint64_t rax, r11, rcx, flags, rip, cs, rflags, rsp, ss;
	} f = {
		.rip = UL(user_entry), .cs = cpu_user_cs,
		.rflags = 0x202 | cpu_user_flags, .ss = cpu_user_ss,
		.rsp = UL(user_stack + sizeof(user_stack) - 8),
	};

	__asm__ volatile("mov %0, %%rsp; mov %1, %%eax; syscall; ud2"
			 : : "r"(&f), "i"(__HYPERVISOR_iret), "D"(c->fn),
			 "S"(c->arg) : "memory");
}

unsigned cpu_kernel(void (*fn)(void *), void *arg)
{
	return faults(fn, arg) ? (unsigned)fault_vector : 0;
}

unsigned cpu_user(void (*fn)(void *), void *arg)
{
	struct call c = { fn, arg };
	unsigned vec = cpu_kernel(to_user, &c);

	return vec == 32 ? 0 : vec;
}

void cpu_id(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	__asm__ volatile(".byte 0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2"
			 : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
			 : "0"(leaf), "2"(sub));
}

void cpu_id_plain(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
			 : "0"(leaf), "2"(sub));
}

static void vectors(void)
{
	uint32_t mxcsr, high = 0;
	uint64_t low, fxsave[64] __attribute__((aligned(16)));
	uint16_t fcw;

	__asm__ volatile("fxsave64 %0; stmxcsr %1; fnstcw %2"
			 : "=m"(fxsave), "=m"(mxcsr), "=m"(fcw));
	low = 0;
	for (unsigned i = 4; i < 52; i++)	/* ST0..7, XMM0..15 */
		low |= fxsave[i];
	for (unsigned i = 0; i < 2; i++)	/* FOP, FIP, FDP */
		high |= (uint32_t)(fxsave[i + 1] >> 32);
	ok(!low && !high && mxcsr == 0x1f80 && fcw == 0x37f,
	   "FPU and vector registers as after a reset");
}

static uint16_t ldtr;

/* #GP where the hypervisor has UMIP. */
static void sldt(void *unused)
{
	__asm__ volatile("sldt %0" : "=m"(ldtr));
}

static void selectors_at_start(void)
{
	uint16_t ds, es, fs, gs;

	__asm__ volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2;"
			 "mov %%gs, %3" : "=r"(ds), "=r"(es), "=r"(fs),
			 "=r"(gs));
	cpu_kernel(sldt, NULL);
	ok(!(ds | es | fs | gs | ldtr), "no selector is left loaded");
}

static void sysenter(void *unused)
{
	__asm__ volatile("sysenter" : : : "rcx", "rdx", "memory");
}

/* Every page of ours once in a window. */
static void memory_is_clean(uint64_t value)
{
	uint64_t *window = pages(1), found = 0;

	for (uint64_t pfn = 0; pfn < si->nr_pages; pfn++)
		if (!set_va(window, pfn_mfn(pfn) * PAGE | P | A | US))
			found += *(volatile uint64_t *)window == value;
	ok(!found, "no page holds what was in memory before (%lu do)", found);
}

static uint64_t number(const char *s)
{
	uint64_t n = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	return n;
}

/* ---- selectors of a lazily mapped LDT ---- */

static void nothing(void *unused)
{
}

static uint64_t user_gs(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(0xc0000102));
	return (uint64_t)hi << 32 | lo;
}

static void read_at(void *p)
{
	*(volatile uint64_t *)p;
}

static void local_selectors(void)
{
	uint64_t *ldt = pages(2);

	ldt[1] = 0x00affb000000ffff;	/* code */
	ldt[2] = 0x00cff3000000ffff;	/* data */
	ldt[512] = 0x12cff3345678ffff;	/* data at 0x12345678 */
	protect(ldt, false);
	protect(&ldt[512], false);
	ok(!mmuext(MMUEXT_SET_LDT, UL(ldt), 513), "an LDT");
	cpu_user_cs = 1 * 8 + 7;
	cpu_user_ss = 2 * 8 + 7;
	ok(!cpu_user(nothing, NULL), "IRET by an LDT that is not mapped yet");
	ok(!mmuext(MMUEXT_SET_LDT, UL(ldt), 513) && cpu_user_cs,
	   "the same LDT, nothing mapped");
	cpu_user_cs = 0xe033;
	ok(!cpu_user(nothing, NULL), "a stack segment in it alone");
	cpu_user_ss = 0xe02b;
	ok(!hypercall(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER_SEL,
		      512 * 8 + 7, 0, 0) && user_gs() == 0x12345678,
	   "GS by a page of it that is not mapped yet");
	ok(cpu_kernel(read_at, (void *)0xffff818000010000) == 14 &&
	   shared->vcpu_info[0].arch.cr2 == 0xffff818000010000,
	   "its shadow is not to be read");
	mmuext(MMUEXT_SET_LDT, 0, 0);
	ok(!protect(ldt, true) && !protect(&ldt[512], true), "given back");
}

/* ---- calls ---- */

void trap_32(void);	/* start.S: what says "done" */

static long callback(unsigned type)
{
	struct callback_register r = { .type = (uint16_t)type };

	r.address = UL(trap_32);
	return hypercall(__HYPERVISOR_callback_op, CALLBACKOP_register, UL(&r),
			 0, 0);
}

static long no_callback(unsigned type)
{
	struct callback_unregister u = { .type = (uint16_t)type };

	return hypercall(__HYPERVISOR_callback_op, CALLBACKOP_unregister,
			 UL(&u), 0, 0);
}

/* With TF and NT, which the hypervisor is entered with. */
static void sysenter_flags(void *unused)
{
	__asm__ volatile("pushfq; orl $0x4100, (%%rsp); popfq; sysenter"
			 : : : "rcx", "rdx", "memory");
}

static bool is_intel(void)
{
	uint32_t r[4];

	cpu_id(0, 0, r);
	return r[2] == 0x6c65746e;
}

static void fast_calls(void)
{
	bool none;

	ok(callback(CALLBACKTYPE_nmi) < 0 &&
	   !callback(CALLBACKTYPE_syscall32) &&
	   !callback(CALLBACKTYPE_sysenter), "callbacks");
	/* AMD has none in 64 bits; Bochs' AMD has. */
	none = !is_intel() && cpu_user(sysenter, NULL) == 6;
	ok(none || (!cpu_user(sysenter, NULL) && !fault_rip &&
		    !cpu_user(sysenter_flags, NULL) && !fault_rip),
	   "SYSENTER enters the kernel, or is not there");
	ok(!no_callback(CALLBACKTYPE_sysenter) &&
	   cpu_user(sysenter, NULL) == (none ? 6 : 13) &&
	   fault_rip == UL(sysenter), "and no more");
}

static long assist(unsigned cmd, unsigned type)
{
	return hypercall(__HYPERVISOR_vm_assist, cmd, type, 0, 0);
}

static long end(unsigned reason)
{
	struct sched_shutdown s = { reason };

	return hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, UL(&s), 0,
			 0);
}

static void calls(void)
{
	fast_calls();
	ok(assist(0, 6) < 0 && assist(2, 2) < 0 && assist(1, 2) < 0 &&
	   !assist(0, 2), "assists");
	ok(end(SHUTDOWN_suspend) < 0 && end(5) < 0 && end(99) < 0,
	   "shutdown for a reason that is none");
	ok(hypercall(__HYPERVISOR_sched_op, SCHEDOP_watchdog, 0, 0, 0) < 0 &&
	   hypercall(__HYPERVISOR_physdev_op, 999, 0, 0, 0) < 0,
	   "no watchdog");
}

/* The time of day and the TSC for three seconds, ten times in each. */
static void clock(void)
{
	const volatile shared_info_t *s = shared;

	for (unsigned i = 0; i < 3000; i++) {
		uint64_t sec = (uint64_t)s->wc_sec_hi << 32 | s->wc_sec;

		if (i % 100 == 0)
			say("NOW %lu %lu\n", sec * 1000000000 + s->wc_nsec +
			    guest_now(), (uint64_t)__builtin_ia32_rdtsc());
		rest();
	}
	shut_down(SHUTDOWN_poweroff);
}

/* Only the power button ends it. */
static void deaf(void)
{
	say("READY\n");
	for (;;)
		rest();
}

void guest_main(void)
{
	const char *left = option("left");

	if (option("clock"))
		clock();
	if (option("deaf"))
		deaf();

	vectors();
	selectors_at_start();
	ok(cpu_kernel(sysenter, NULL) == 13 || fault_vector == 6,
	   "SYSENTER leads nowhere");
	if (left)
		memory_is_clean(number(left));
	cpu_user_cs = 0xe033;
	cpu_user_ss = 0xe02b;
	ok(!mmuext(MMUEXT_NEW_USER_BASEPTR, va_mfn((void *)si->pt_base), 0) &&
	   !cpu_user(nothing, NULL), "user mode");
	cpu_registers();
	cpu_ports();
	local_selectors();
	calls();
	ok(!hypercall(__HYPERVISOR_arch_7, 0, 0, 0, 0), "the audit agrees");
	done();
}
