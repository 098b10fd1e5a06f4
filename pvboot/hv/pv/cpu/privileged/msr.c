/*
 * Model-specific registers, as Xen has them for a PV guest since 4.15: a few
 * answer, all others are #GP, which is how a guest learns that a processor does
 * not have one.  A guest that cannot take a #GP yet reads 0, as there.
 */
#include "pvboot/hv/pv/cpu/privileged/msr.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"

#define FAST_STRINGS	1ULL		/* IA32_MISC_ENABLE */
#define TSC_FREQ_SEL	(1ULL << 24)	/* HWCR: the TSC counts at P0 */
#define APIC_BASE_ON	0xfee00800ULL
#define APIC_BASE_BSP	0x100ULL	/* the first processor */

static bool is_vendor(uint32_t last)
{
	uint32_t r[4];

	cpuid(0, 0, r);
	return r[2] == last;
}

static bool intel(void)
{
	return is_vendor(0x6c65746e);	/* "GenuineI-ntel" */
}

static bool amd(void)
{
	return is_vendor(0x444d4163);	/* "Authenti-cAMD" */
}

/* RDTSCP, or RDPID alone. */
static bool has_tsc_aux(void)
{
	uint32_t r[4];

	cpuid(0x80000001, 0, r);
	if (r[3] & CPUID_EXT_EDX_RDTSCP)
		return true;
	cpuid(0, 0, r);
	if (r[0] < 7)
		return false;
	cpuid(7, 0, r);
	return r[2] & CPUID_7_ECX_RDPID;
}

static bool read_msr(const struct vcpu *v, uint32_t msr, uint64_t *val)
{
	*val = 0;
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
		*val = v->id ? APIC_BASE_ON : APIC_BASE_ON | APIC_BASE_BSP;
		return true;
	case MSR_TSC:
		*val = rdtsc();
		return true;
	case MSR_TSC_AUX:
		return has_tsc_aux() && trap_rdmsr(msr, val);
	case MSR_BIOS_SIGN_ID:
	case MSR_DEBUGCTL:
	case MSR_MCG_CAP:	/* machine checks: no banks */
	case MSR_MCG_STATUS:
		return true;
	case MSR_PLATFORM_ID:
	case MSR_PLATFORM_INFO:
	case MSR_MISC_FEATURES:
		return intel();
	case MSR_MISC_ENABLE:
		*val = FAST_STRINGS;
		return intel();
	case MSR_HWCR:
		*val = TSC_FREQ_SEL;
		return amd();
	}
	return false;
}

bool msr_emulate_read(struct vcpu *v)
{
	uint64_t val;

	if (!read_msr(v, (uint32_t)v->regs.rcx, &val) &&
	    v->pv.trap[VEC_GP].address)
		return false;
	v->regs.rax = (uint32_t)val;
	v->regs.rdx = val >> 32;
	return true;
}

bool msr_emulate_write(struct vcpu *v)
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
	case MSR_TSC_AUX:
		return has_tsc_aux() && !(val >> 32) && trap_wrmsr(msr, val);
	case MSR_BIOS_SIGN_ID:	/* how Intel's are asked for the revision */
		return intel();
	case MSR_TSC:
		return false;
	}
	return read_msr(v, msr, &old) && old == val;
}
