/*
 * The processor as the guest is told it is, when it asks by the forced
 * emulation (a plain CPUID is not ours to filter).  A leaf or a feature that is
 * not named here is hidden: what a guest sees works (bit numbers: Intel SDM
 * volume 2, CPUID; AMD APM volume 3, appendix E).
 */
#include "pvboot/hv/pv/cpu/privileged/cpuid.h"

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/cpu/privileged/control_regs.h"

#define XEN_BASE 0x40000000U
#define B(n) (1U << (n))

/* FPU DE TSC MSR PAE MCE CX8 APIC MCA CMOV PAT MMX FXSR */
#define BOTH_EDX (B(0) | B(2) | B(4) | B(5) | B(6) | B(7) | B(8) | B(9) |    \
		  B(14) | B(15) | B(16) | B(23) | B(24))
/* SEP CLFLUSH SSE SSE2 SS HTT */
#define L1_EDX (BOTH_EDX | B(11) | B(19) | B(25) | B(26) | B(27) | B(28))
/* SSE3 PCLMUL SSSE3 CX16 SSE4.1 SSE4.2 MOVBE POPCNT AES RDRAND */
#define L1_ECX (B(0) | B(1) | B(9) | B(13) | B(19) | B(20) | B(22) | B(23) |  \
		B(25) | B(30))
#define L1_ECX_XSAVE	B(26)
#define L1_ECX_OSXSAVE	B(27)
#define L1_ECX_AVX	(B(12) | B(28) | B(29))		/* FMA AVX F16C */
#define HYPERVISOR	B(31)
/* FSGSBASE BMI1 BMI2 RDSEED ADX CLFLUSHOPT CLWB SHA */
#define L7_EBX (B(0) | B(3) | B(8) | B(18) | B(19) | B(23) | B(24) | B(29))
#define L7_EBX_REP	B(9)				/* ERMS */
#define L7_EBX_AVX	B(5)				/* AVX2 */
#define L7_ECX		(B(8) | B(22))			/* GFNI RDPID */
#define L7_ECX_AVX	(B(9) | B(10))			/* VAES VPCLMULQDQ */
#define L7_EDX_REP	B(4)				/* FSRM */
#define LD_EAX		(B(0) | B(1) | B(2))	/* XSAVEOPT XSAVEC XGETBV 1 */
/* SYSCALL NX MMXEXT FFXSR RDTSCP LM 3DNOWEXT 3DNOW and leaf 1's */
#define E1_EDX (BOTH_EDX | B(11) | B(20) | B(22) | B(25) | B(27) | B(29) |    \
		B(30) | B(31))
/* LAHF ABM SSE4A MISALIGNSSE 3DNOWPREFETCH */
#define E1_ECX (B(0) | B(5) | B(6) | B(7) | B(8))
#define E1_ECX_AVX	(B(11) | B(16) | B(21))		/* XOP FMA4 TBM */

static void none(uint32_t r[4])
{
	r[0] = r[1] = r[2] = r[3] = 0;
}

static void xen_leaf(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	none(r);
	switch (leaf - XEN_BASE) {
	case 0:
		r[0] = XEN_BASE + 5;
		r[1] = 0x566e6558;	/* "XenVMMXenVMM" */
		r[2] = 0x65584d4d;
		r[3] = 0x4d4d566e;
		break;
	case 1:
		r[0] = 4 << 16 | 17;
		break;
	case 2:
		r[0] = 1;
		r[1] = XEN_BASE;
		r[2] = 1;		/* MMU_PT_UPDATE_PRESERVE_AD */
		break;
	case 3:
		if (!sub) {
			r[1] = 2;	/* TSC native */
			r[2] = (uint32_t)time_tsc_khz;
		}
		break;
	case 5:
		r[1] = 40;		/* <= 44: grant table version 1 */
		break;
	}
}

/*
 * OSXSAVE is shown before the guest has set it, as Xen does: Linux looks there
 * whether it may.
 */
static void basic(unsigned vcpu, uint32_t r[4], uint64_t xcr0)
{
	uint32_t ecx = L1_ECX | (xcr0 ? L1_ECX_XSAVE : 0) |
		(xcr0 & XCR0_AVX ? L1_ECX_AVX : 0);

	r[1] = (r[1] & 0x0000ffff) | vcpu << 24;	/* its APIC ID */
	r[2] = (r[2] & ecx) | HYPERVISOR | (xcr0 ? L1_ECX_OSXSAVE : 0);
	r[3] &= L1_EDX;
}

/*
 * "REP MOVSB and STOSB are fast" is advice.  QEMU's emulation gives it and goes
 * byte by byte; without, a guest takes REP MOVSQ and STOSQ.
 */
static void structured(uint32_t sub, uint32_t r[4], uint64_t xcr0)
{
	bool avx = xcr0 & XCR0_AVX, rep = !cpu_is_tcg();

	if (sub) {
		none(r);
		return;
	}
	r[0] = 0;
	r[1] &= L7_EBX | (avx ? L7_EBX_AVX : 0) | (rep ? L7_EBX_REP : 0);
	r[2] &= L7_ECX | (avx ? L7_ECX_AVX : 0);
	r[3] &= rep ? L7_EDX_REP : 0;
}

/* SDM volume 1, 13.2: sizes by the components that we let through. */
static void xsave(uint32_t sub, uint32_t r[4], uint64_t xcr0)
{
	uint32_t avx[4];

	if (!xcr0 || (sub > 1 && !(sub < 32 && xcr0 >> sub & 1))) {
		none(r);
	} else if (!sub) {
		cpuid(0xd, 2, avx);
		r[0] = (uint32_t)xcr0;
		r[2] = xcr0 & XCR0_AVX ? avx[0] + avx[1] : 576;
		r[3] = 0;
	} else if (sub == 1) {
		r[0] &= LD_EAX;
		r[2] = r[3] = 0;
	}
}

static void filter(unsigned vcpu, uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	uint64_t xcr0 = control_regs_xcr0();

	switch (leaf) {
	case 0:
	case 2:
	case 0x15:			/* TSC and crystal */
	case 0x16:			/* frequencies */
	case 0x80000000:
	case 0x80000002 ... 0x80000006:	/* name, caches */
		break;
	case 1:
		basic(vcpu, r, xcr0);
		break;
	case 4:
		r[0] &= 0x3fff;		/* nobody shares our caches */
		break;
	case 7:
		structured(sub, r, xcr0);
		break;
	case 0xd:
		xsave(sub, r, xcr0);
		break;
	case 0x80000001:
		r[2] &= E1_ECX | (xcr0 & XCR0_AVX ? E1_ECX_AVX : 0);
		r[3] &= E1_EDX;
		break;
	case 0x80000008:		/* widths of addresses */
		r[1] = r[2] = r[3] = 0;
		break;
	default:
		none(r);
	}
}

void cpuid_emulate(struct vcpu *v)
{
	uint32_t leaf = (uint32_t)v->regs.rax, sub = (uint32_t)v->regs.rcx;
	uint32_t r[4];

	if (leaf >= XEN_BASE && leaf < XEN_BASE + 0x10000) {
		xen_leaf(leaf, sub, r);
	} else {
		cpuid(leaf, sub, r);
		filter(v->id, leaf, sub, r);
	}
	v->regs.rax = r[0];
	v->regs.rbx = r[1];
	v->regs.rcx = r[2];
	v->regs.rdx = r[3];
}
