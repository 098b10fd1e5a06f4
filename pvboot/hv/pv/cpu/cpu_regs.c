/*
 * The processor as the guest is told it is: CPUID and MSRs.  Features that a
 * PV guest cannot use, or that we do not virtualise, are hidden (bit numbers:
 * Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E).
 */
#include "pvboot/hv/pv/cpu/cpu_regs.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/time.h"

#define XEN_BASE 0x40000000U
#define B(n) (1U << (n))

/* Leaf 1: DE MSR TSC PAE CX8 APIC SEP CMOV PAT CLFLUSH MMX FXSR SSE SSE2 .. */
#define L1_EDX (B(0) | B(2) | B(4) | B(5) | B(6) | B(7) | B(8) | B(9) |      \
		B(11) | B(14) | B(15) | B(16) | B(19) | B(23) | B(24) | B(25) | B(26) | B(27) | \
		B(28))
/* SSE3 PCLMUL SSSE3 CX16 SSE4.1 SSE4.2 MOVBE POPCNT AES RDRAND */
#define L1_ECX (B(0) | B(1) | B(9) | B(13) | B(19) | B(20) | B(22) | B(23) |  \
		B(25) | B(30))
#define HYPERVISOR B(31)
/* Leaf 7: BMI1 BMI2 ERMS RDSEED ADX CLFLUSHOPT CLWB SHA */
#define L7_EBX (B(3) | B(8) | B(9) | B(18) | B(19) | B(23) | B(24) | B(29))
#define L7_ECX (B(22))			/* RDPID */
#define L7_EDX (B(4))			/* fast short REP MOV */
/* 0x80000001: SYSCALL NX MMXEXT FFXSR RDTSCP LM 3DNOW and leaf 1's */
#define E1_EDX (L1_EDX | B(11) | B(20) | B(22) | B(25) | B(27) | B(29) |      \
		B(30) | B(31))
/* LAHF ABM SSE4A MISALIGNSSE 3DNOWPREFETCH */
#define E1_ECX (B(0) | B(5) | B(6) | B(7) | B(8))

static void xen_leaf(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	r[0] = r[1] = r[2] = r[3] = 0;
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

static void filter(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	switch (leaf) {
	case 1:
		r[1] &= 0x0000ffff;	/* APIC id 0, one processor */
		r[2] = (r[2] & L1_ECX) | HYPERVISOR;
		r[3] &= L1_EDX;
		break;
	case 7:
		r[0] = 0;
		r[1] = sub ? 0 : r[1] & L7_EBX;
		r[2] = sub ? 0 : r[2] & L7_ECX;
		r[3] = sub ? 0 : r[3] & L7_EDX;
		break;
	case 4:
		r[0] &= 0x3fff;		/* nobody shares our caches */
		break;
	case 5:				/* MONITOR */
	case 6:				/* power */
	case 9 ... 0x14:		/* PMU, topology, XSAVE, RDT, SGX, PT */
	case 0x17 ... 0x1f:
		r[0] = r[1] = r[2] = r[3] = 0;
		break;
	case 0x80000001:
		r[2] &= E1_ECX;
		r[3] &= E1_EDX;
		break;
	case 0x80000007:		/* invariant TSC and power */
		r[0] = r[1] = r[2] = r[3] = 0;
		break;
	case 0x80000008:
		r[1] = r[2] = 0;
		break;
	case 0x80000009 ... 0x80000020:
		r[0] = r[1] = r[2] = r[3] = 0;
		break;
	}
}

void cpu_regs_cpuid(struct vcpu *v)
{
	uint32_t leaf = (uint32_t)v->regs.rax, sub = (uint32_t)v->regs.rcx;
	uint32_t r[4];

	if (leaf >= XEN_BASE && leaf < XEN_BASE + 0x10000) {
		xen_leaf(leaf, sub, r);
	} else {
		cpuid(leaf, sub, r);
		filter(leaf, sub, r);
	}
	v->regs.rax = r[0];
	v->regs.rbx = r[1];
	v->regs.rcx = r[2];
	v->regs.rdx = r[3];
}

static bool read_msr(struct vcpu *v, uint32_t msr, uint64_t *val)
{
	switch (msr) {
	case MSR_FS_BASE:
	case MSR_GS_BASE:
	case MSR_KERNEL_GS_BASE:
		*val = rdmsr(msr);
		return true;
	case MSR_EFER:
		*val = rdmsr(msr) & (EFER_SCE | EFER_LME | EFER_LMA |
				     EFER_NXE);
		return true;
	case MSR_PAT:
		*val = PAT_XEN;
		return true;
	case MSR_APIC_BASE:
		*val = 0xfee00900;
		return true;
	case 0x10:
		*val = rdtsc();
		return true;
	case MSR_MISC_ENABLE:
		*val = 1;	/* fast strings */
		return true;
	}
	/* Everything else: a quiet 0 where a real one may answer. */
	*val = 0;
	return true;
}

bool cpu_regs_rdmsr(struct vcpu *v)
{
	uint64_t val;

	if (!read_msr(v, (uint32_t)v->regs.rcx, &val))
		return false;
	v->regs.rax = (uint32_t)val;
	v->regs.rdx = val >> 32;
	return true;
}

bool cpu_regs_wrmsr(struct vcpu *v)
{
	uint64_t val = (v->regs.rdx << 32) | (uint32_t)v->regs.rax, old;
	uint32_t msr = (uint32_t)v->regs.rcx;

	switch (msr) {
	case MSR_FS_BASE:
	case MSR_GS_BASE:
	case MSR_KERNEL_GS_BASE:
		if (!addr_canonical(val))
			return false;
		wrmsr(msr, val);
		return true;
	case MSR_EFER:
		return read_msr(v, msr, &old) && old == val;
	}
	/* STAR and SYSENTER are callbacks here; the rest has no effect. */
	return true;
}
