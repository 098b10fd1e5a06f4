/*
 * The processor as a reset leaves it (Intel SDM volume 3, table 11-1), whatever
 * ran before: firmware, loaders, an operating system that put us in its place.
 * A guest gets this state; what would let ring 3 into an old kernel (SYSENTER),
 * write to memory behind our back (debug store, processor trace) or show old
 * data (FPU, vector and debug registers) is off before the first one runs.
 * boot.S has set CR0, CR4 and the rest of EFER already.
 */
#include "pvboot/hv/machine/reset.h"

#include <stdbool.h>

#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/trap.h"

#define XD_DISABLE	(1ULL << 34)	/* IA32_MISC_ENABLE, Intel only */
#define DR6_INIT	0xffff0ff0ULL
#define DR7_INIT	0x400ULL

/* Standard form (SDM volume 1, 13.4); all components in their first state. */
static const struct {
	uint16_t fcw;
	uint8_t reserved[22];	/* FSW and so on: all 0 */
	uint32_t mxcsr;
	uint8_t legacy[484], header[64];
} __attribute__((aligned(64))) fpu_init = { .fcw = 0x37f, .mxcsr = 0x1f80 };

_Static_assert(__builtin_offsetof(__typeof__(fpu_init), mxcsr) == 24 &&
	       sizeof(fpu_init) == 576, "FXSAVE area and XSAVE header");

/* Those that a processor does not have are left out. */
static const struct {
	uint32_t first, n;
	uint64_t val;
} msrs[] = {
	{ MSR_SYSENTER_CS, 3, 0 },		/* and ESP, EIP */
	{ MSR_PAT, 1, PAT_XEN },
	{ MSR_TSC_AUX, 1, 0 },
	{ 0x186, 8, 0 },	/* IA32_PERFEVTSEL0.. */
	{ 0x1c4, 1, 0 },	/* IA32_XFD */
	{ MSR_DEBUGCTL, 1, 0 },
	{ 0x38d, 1, 0 },	/* IA32_FIXED_CTR_CTRL */
	{ 0x38f, 1, 0 },	/* IA32_PERF_GLOBAL_CTRL */
	{ 0x3f1, 1, 0 },	/* IA32_PEBS_ENABLE */
	{ 0x570, 1, 0 },	/* IA32_RTIT_CTL */
	{ 0x600, 1, 0 },	/* IA32_DS_AREA */
	{ 0x6a0, 1, 0 },	/* IA32_U_CET */
	{ 0x6a2, 1, 0 },	/* IA32_S_CET */
	{ 0x6e1, 1, 0 },	/* IA32_PKRS */
	{ 0xd90, 1, 0 },	/* IA32_BNDCFGS */
	{ 0xda0, 1, 0 },	/* IA32_XSS */
	{ 0x14ce, 1, 0 },	/* IA32_LBR_CTL */
	{ 0xc0000105, 2, 0 },	/* AMD: LWP_CFG, LWP_CBADDR */
	{ 0xc0010000, 4, 0 },	/* AMD: PerfEvtSel0..3 */
	{ 0xc0011030, 1, 0 },	/* AMD: IbsFetchCtl */
	{ 0xc0011033, 1, 0 },	/* AMD: IbsOpCtl */
};

static bool has_nx(void)
{
	uint32_t r[4];

	cpuid(0x80000001, 0, r);
	return r[3] & CPUID_EXT_EDX_NX;
}

void reset_early(void)
{
	uint32_t r[4];

	cpuid(0, 0, r);
	if (!has_nx() && r[2] == 0x6c65746e)	/* "GenuineI-ntel" */
		wrmsr(MSR_MISC_ENABLE, rdmsr(MSR_MISC_ENABLE) & ~XD_DISABLE);
	if (!has_nx())
		panic("this processor cannot protect pages from execution");
	wrmsr(MSR_EFER, EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE);
}

static void reset_vectors(void)
{
	uint32_t r[4];

	cpuid(1, 0, r);
	if (!(r[2] & CPUID_1_ECX_XSAVE)) {
		__asm__ volatile("fxrstor64 %0" : : "m"(fpu_init));
		return;
	}
	write_cr4(read_cr4() | CR4_OSXSAVE);
	cpuid(0xd, 0, r);
	xsetbv(0, (uint64_t)r[3] << 32 | r[0]);
	__asm__ volatile("xrstor64 %0" : : "m"(fpu_init), "a"(~0), "d"(~0));
	xsetbv(0, XCR0_X87);
	write_cr4(read_cr4() & ~(uint64_t)CR4_OSXSAVE);
}

static void reset_debug(void)
{
	__asm__ volatile("mov %0, %%dr7" : : "r"(DR7_INIT));
	__asm__ volatile("mov %0, %%dr0; mov %0, %%dr1; mov %0, %%dr2;"
			 "mov %0, %%dr3" : : "r"(0ULL));
	__asm__ volatile("mov %0, %%dr6" : : "r"(DR6_INIT));
}

/*
 * We run and touch nothing of a guest's by its own mappings, so SMEP and SMAP
 * cost nothing; UMIP keeps SGDT and its kin from telling where our tables are.
 * QEMU's emulation before 9.1 faults an IRET in ring 3 with SMAP.
 */
static void protect(void)
{
	uint64_t cr4 = read_cr4();
	uint32_t r[4];

	cpuid(0, 0, r);
	if (r[0] < 7 || cpu_is_tcg())
		return;
	cpuid(7, 0, r);
	if (r[1] & CPUID_7_EBX_SMEP)
		cr4 |= CR4_SMEP;
	if (r[1] & CPUID_7_EBX_SMAP)
		cr4 |= CR4_SMAP;
	if (r[2] & CPUID_7_ECX_UMIP)
		cr4 |= CR4_UMIP;
	write_cr4(cr4);
}

void reset_cpu(void)
{
	for (unsigned i = 0; i < sizeof(msrs) / sizeof(*msrs); i++)
		for (unsigned k = 0; k < msrs[i].n; k++)
			trap_wrmsr(msrs[i].first + k, msrs[i].val);
	reset_vectors();
	reset_debug();
	protect();
}
