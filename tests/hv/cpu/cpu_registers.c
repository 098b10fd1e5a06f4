/*
 * Part of cpu.elf: control, debug and model-specific registers, XCR0, CPUID.
 */
#include "tests/hv/cpu/cpu.h"

#include <stddef.h>

#include "tests/hv/guest.h"

#define B(n) (1ul << (n))

enum {
	CR4_TSD = 2, CR4_DE = 3, CR4_FSGSBASE = 16, CR4_OSXSAVE = 18,
};

static uint64_t cr4(void)
{
	uint64_t v;

	__asm__ volatile("mov %%cr4, %0" : "=r"(v));
	return v;
}

static void set_cr4(void *v)
{
	__asm__ volatile("mov %0, %%cr4" : : "r"(v) : "memory");
}

/* The exception that setting or clearing BIT of CR4 gives. */
static unsigned flip(unsigned bit)
{
	return cpu_kernel(set_cr4, (void *)(cr4() ^ B(bit)));
}

#define INSN(name, text)						\
static void name(void *arg)						\
{									\
	__asm__ volatile(text : "+a"(arg) : "c"(arg), "d"(0) : "memory"); \
}

INSN(rdtsc, "rdtsc")
INSN(rdpmc, "xor %%ecx, %%ecx; rdpmc")
INSN(rdfsbase, "rdfsbase %%rax")
INSN(wrgsbase, "wrgsbase %%rcx")
INSN(fpu, "fnclex")
INSN(ts_on, "mov %%cr0, %%rax; bts $3, %%rax; mov %%rax, %%cr0")
INSN(dr4, "mov %%dr4, %%rax")
INSN(set_dr7, "mov %%rcx, %%dr7")
INSN(rdmsr, "rdmsr")
INSN(wrmsr_same, "rdmsr; wrmsr")
INSN(wrmsr, "xor %%eax, %%eax; wrmsr")
INSN(wrmsr_one, "mov $1, %%eax; wrmsr")
INSN(xsetbv, "mov %%rcx, %%rax; xor %%ecx, %%ecx; xsetbv")
INSN(xsetbv_1, "mov $1, %%eax; mov %%eax, %%ecx; xsetbv")
INSN(avx, "vpcmpeqd %%ymm0, %%ymm0, %%ymm0; vpxor %%ymm1, %%ymm1, %%ymm1")
INSN(in_0x81, "in $0x81, %%al")
INSN(out_0x80, "out %%eax, $0x80")
INSN(in_0x84, "in $0x84, %%al")

static void refused_bits(void)
{
	static const struct {
		unsigned bit;
		const char *name;
	} bit[] = {
		{ 0, "VME" }, { 1, "PVI" }, { 4, "PSE" }, { 5, "no PAE" },
		{ 7, "PGE" }, { 8, "PCE" }, { 9, "no OSFXSR" },
		{ 11, "UMIP" }, { 12, "LA57" }, { 13, "VMXE" }, { 17, "PCIDE" },
		{ 20, "SMEP" }, { 21, "SMAP" }, { 22, "PKE" }, { 23, "CET" },
		{ 40, "bit 40" },
	};
	uint64_t before = cr4();

	for (unsigned i = 0; i < sizeof(bit) / sizeof(*bit); i++)
		ok(flip(bit[i].bit) == 13 && cr4() == before,
		   "CR4: %s is refused", bit[i].name);
	ok(before == 0x620, "CR4 is plain at the start (%lx)", before);
	ok(!flip(6) && cr4() == 0x660 && !flip(6), "CR4: MCE");
}

static uint32_t aux;

static void rdtscp(void *unused)
{
	__asm__ volatile("rdtscp" : "=c"(aux) : : "rax", "rdx");
}

static void time_stamp(void)
{
	uint32_t r[4];

	ok(!cpu_user(rdtsc, NULL), "RDTSC in user mode");
	ok(!flip(CR4_TSD) && cpu_user(rdtsc, NULL) == 13 &&
	   !cpu_kernel(rdtsc, NULL), "TSD keeps it for the kernel");
	cpu_id(0x80000001, 0, r);
	if (r[3] & B(27)) {
		ok(cpu_user(rdtscp, NULL) == 13 && !cpu_kernel(rdtscp, NULL),
		   "RDTSCP too");
		ok(!flip(CR4_TSD) && !cpu_user(rdtscp, NULL) && !aux,
		   "TSC_AUX is 0");
		__asm__ volatile("wrmsr" : : "a"(0x1234), "d"(0),
				 "c"(0xc0000103));
		ok(!cpu_user(rdtscp, NULL) && aux == 0x1234, "then ours");
	} else {
		ok(!flip(CR4_TSD), "no RDTSCP");
	}
	ok(cpu_kernel(rdpmc, NULL) == 13 && cpu_user(rdpmc, NULL) == 13,
	   "no RDPMC");
}

static uint64_t msr(uint32_t n)
{
	uint32_t lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(n));
	return (uint64_t)hi << 32 | lo;
}

static void bases(void)
{
	uint32_t r[4];
	uint64_t gs = msr(0xc0000101);

	cpu_id(7, 0, r);
	if (!(r[1] & 1)) {
		ok(flip(CR4_FSGSBASE) == 13, "no FSGSBASE");
		return;
	}
	ok(cpu_user(rdfsbase, NULL) == 6 && !flip(CR4_FSGSBASE) &&
	   !cpu_kernel(rdfsbase, NULL) && !cpu_user(rdfsbase, NULL),
	   "FSGSBASE works");
	ok(!cpu_user(wrgsbase, (void *)0x123456789000) &&
	   msr(0xc0000102) == 0x123456789000 && msr(0xc0000101) == gs,
	   "user's GS base is not the kernel's");
	ok(!cpu_user(wrgsbase, (void *)0x0800000000000000) ||
	   fault_vector == 13, "a GS base that is none harms nobody");
	cpu_user(wrgsbase, NULL);
	ok(!flip(CR4_FSGSBASE) && cpu_user(rdfsbase, NULL) == 6, "off again");
}

static void extended_state(void)
{
	uint32_t r[4], lo, hi;

	cpu_id(1, 0, r);
	if (!(r[2] & B(26))) {
		ok(flip(CR4_OSXSAVE) == 13 && cpu_kernel(xsetbv, (void *)1),
		   "no XSAVE");
		return;
	}
	ok(r[2] & B(27), "OSXSAVE is shown, as Xen does");
	ok(!flip(CR4_OSXSAVE), "OSXSAVE");
	cpu_id(0xd, 0, r);
	ok((r[0] & 3) == 3 && !(r[0] & ~7u) && !r[3], "x87, SSE and AVX only");
	ok(cpu_kernel(xsetbv, (void *)0) == 13 &&
	   cpu_kernel(xsetbv, (void *)5) == 13 &&
	   cpu_kernel(xsetbv, (void *)0x203) == 13 &&
	   cpu_kernel(xsetbv_1, NULL) == 13 &&
	   cpu_user(xsetbv, (void *)3) == 13, "XSETBV checks");
	ok(!cpu_kernel(xsetbv, (void *)(uint64_t)r[0]), "XSETBV");
	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	ok(lo == r[0] && !hi, "XGETBV");
	ok(!(r[0] & 4) || !cpu_user(avx, NULL), "AVX");
	ok(!cpu_kernel(xsetbv, (void *)1) && (!(r[0] & 4) ||
					      cpu_user(avx, NULL) == 6),
	   "and off");
	ok(!flip(CR4_OSXSAVE) && cpu_kernel(xsetbv, (void *)1) != 0,
	   "OSXSAVE off");
}

static uint64_t dr(unsigned n)
{
	return (uint64_t)hypercall(__HYPERVISOR_get_debugreg, n, 0, 0, 0);
}

static long set_dr(unsigned n, uint64_t v)
{
	return hypercall(__HYPERVISOR_set_debugreg, n, v, 0, 0);
}

static void port_breakpoints(void)
{
	const uint64_t io = 0x400 | 2 | 2 << 16 | 3 << 18; /* DR0, 4 ports */

	ok(set_dr(7, io) < 0 && cpu_kernel(set_dr7, (void *)io) == 13,
	   "no breakpoint on ports without CR4.DE");
	ok(!cpu_kernel(dr4, NULL), "DR4 is DR6");
	ok(!flip(CR4_DE) && cpu_kernel(dr4, NULL) == 6, "not with DE");
	hypercall(__HYPERVISOR_physdev_op, 6, UL(&(uint32_t){ 1 }), 0, 0);
	ok(!set_dr(0, 0x80) && !set_dr(7, io) && dr(7) == io, "a breakpoint");
	set_dr(6, 0);
	ok(cpu_kernel(in_0x81, NULL) == 1 && (dr(6) & 15) == 1, "in hits it");
	set_dr(6, 0);
	ok(cpu_kernel(out_0x80, NULL) == 1 && (dr(6) & 15) == 1, "out too");
	set_dr(6, 0);
	ok(!cpu_kernel(in_0x84, NULL) && !(dr(6) & 15), "its neighbour not");
	ok(!flip(CR4_DE) && !cpu_kernel(in_0x81, NULL) && dr(7) == io,
	   "nothing without DE");
	hypercall(__HYPERVISOR_physdev_op, 6, UL(&(uint32_t){ 0 }), 0, 0);
	set_dr(7, 0);
	set_dr(0, 0);
}

/* MSRs that a PV guest has not, on any processor. */
static void no_such_msrs(void)
{
	static const uint32_t none[] = {
		0x1b0, 0x48, 0x79, 0x10a, 0xc1, 0x186, 0xfe, 0x174, 0x175,
		0x176, 0x17b, 0x250, 0x2ff, 0x400, 0x480, 0x6e0, 0x802, 0xda0,
		0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0010010,
		0xc0010114, 0xc0011029, 0x12345678,
	};

	for (unsigned i = 0; i < sizeof(none) / sizeof(*none); i++) {
		void *n = (void *)(uint64_t)none[i];

		ok(cpu_kernel(rdmsr, n) == 13 && cpu_kernel(wrmsr, n) == 13,
		   "MSR %x is refused", none[i]);
	}
}

static void msrs(void)
{
	static const uint32_t same[] = { 0x1b, 0x277, 0xc0000080 };
	static const uint32_t zero[] = { 0x1d9, 0x179, 0x17a };

	no_such_msrs();
	for (unsigned i = 0; i < sizeof(same) / sizeof(*same); i++)
		ok(!cpu_kernel(wrmsr_same, (void *)(uint64_t)same[i]) &&
		   cpu_kernel(wrmsr, (void *)(uint64_t)same[i]) == 13,
		   "MSR %x takes nothing but what it holds", same[i]);
	for (unsigned i = 0; i < sizeof(zero) / sizeof(*zero); i++)
		ok(!cpu_kernel(wrmsr, (void *)(uint64_t)zero[i]) &&
		   !msr(zero[i]) &&
		   cpu_kernel(wrmsr_one, (void *)(uint64_t)zero[i]) == 13,
		   "MSR %x is 0 and stays so", zero[i]);
	ok(msr(0x277) == 0x050100070406 && msr(0xc0000080) == 0xd01,
	   "PAT and EFER");
}

static bool empty(uint32_t leaf)
{
	uint32_t r[4];

	cpu_id(leaf, 0, r);
	return !(r[0] | r[1] | r[2] | r[3]);
}

/* "REP MOVSB is fast", which it is not in QEMU's emulation. */
static void advice(void)
{
	uint32_t one[4], plain[4], vendor[4], seven[4];
	bool tcg;

	cpu_id_plain(1, 0, one);
	cpu_id_plain(7, 0, plain);
	cpu_id_plain(0x40000000, 0, vendor);
	tcg = one[2] & B(31) &&
		!__builtin_memcmp(&vendor[1], "TCGTCGTCGTCG", 12);
	cpu_id(7, 0, seven);
	ok((seven[1] & B(9)) == (tcg ? 0 : plain[1] & B(9)) &&
	   (seven[3] & B(4)) == (tcg ? 0 : plain[3] & B(4)),
	   "ERMS and FSRM%s", tcg ? ", which are hidden" : "");
}

static void processor_told(void)
{
	static const uint32_t hidden[] = {
		3, 5, 6, 9, 0xa, 0xb, 0xf, 0x10, 0x12, 0x14, 0x18, 0x1f, 0x20,
		0x23, 0x24, 0x80000007, 0x8000000a, 0x8000001b, 0x8000001f,
		0x80000021, 0x80000022, 0x80000026, 0xc0000001, 0x12345678,
	};
	uint32_t one[4], seven[4], seen = 0;

	for (unsigned i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (!empty(hidden[i])) {
			say("# leaf %x\n", hidden[i]);
			seen++;
		}
	ok(!seen, "leaves that are not for guests");
	cpu_id(1, 0, one);
	cpu_id(7, 0, seven);
	ok(!(one[3] & (B(1) | B(3) | B(12) | B(13) | B(17) | B(21) | B(22) |
		       B(29))),
	   "no VME PSE MTRR PGE PSE36 DS ACPI TM");
	ok(one[3] & B(7) && one[3] & B(14), "MCE and MCA, as Xen does");
	ok(!(one[2] & (B(2) | B(3) | B(5) | B(15) | B(17) | B(21) | B(24))),
	   "no DTES64 MONITOR VMX PDCM PCID X2APIC DEADLINE");
	ok(!(seven[1] & (B(1) | B(4) | B(7) | B(10) | B(11) | B(16) | B(20) |
			 B(25))) && !(seven[2] & (B(2) | B(3) | B(16))),
	   "no TSC_ADJUST HLE SMEP INVPCID RTM AVX512 SMAP PT UMIP PKU LA57");
	advice();
}

void cpu_registers(void)
{
	ok(!dr(0) && !dr(1) && !dr(2) && !dr(3) && dr(6) == 0xffff0ff0 &&
	   dr(7) == 0x400, "debug registers as after a reset");
	refused_bits();
	time_stamp();
	bases();
	extended_state();
	ok(!cpu_kernel(ts_on, NULL) && cpu_kernel(fpu, NULL) == 7 &&
	   !cpu_kernel(fpu, NULL), "CR0.TS");
	port_breakpoints();
	msrs();
	processor_told();
}
