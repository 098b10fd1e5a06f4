/*
 * Control registers (Intel SDM volume 3, 2.5 and 2.6).  Of CR4 a guest has TSD,
 * DE, MCE, FSGSBASE and OSXSAVE, which do what they say (no machine check is
 * for a guest); of CR0 it has TS.  Whatever else would change is refused, as a
 * processor without that feature does.
 */
#include "pvboot/hv/pv/cpu/privileged/control_regs.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/cpu/vcpu.h"

/* What a guest sees set and cannot clear. */
#define CR4_ALWAYS	(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT)
/* Bits the processor has as the guest has; ports, so DE too, are emulated. */
#define CR4_REAL	(CR4_TSD | CR4_FSGSBASE | CR4_OSXSAVE)

uint64_t control_regs_xcr0(void)
{
	uint32_t r[4];

	cpuid(1, 0, r);
	if (!(r[2] & CPUID_1_ECX_XSAVE))
		return 0;
	cpuid(0xd, 0, r);
	return r[0] & (XCR0_X87 | XCR0_SSE | XCR0_AVX);
}

uint64_t control_regs_cr4(void)
{
	uint64_t bits = CR4_TSD | CR4_DE | CR4_MCE;
	uint32_t r[4];

	cpuid(0, 0, r);
	if (r[0] >= 7) {
		cpuid(7, 0, r);
		if (r[1] & CPUID_7_EBX_FSGSBASE)
			bits |= CR4_FSGSBASE;
	}
	return control_regs_xcr0() ? bits | CR4_OSXSAVE : bits;
}

static bool cr0(struct vcpu *v, uint64_t *r, bool write)
{
	uint64_t now = (read_cr0() & ~(uint64_t)CR0_TS) |
		(v->pv.ts ? CR0_TS : 0);

	if (!write)
		*r = now;
	else if ((*r ^ now) & ~(uint64_t)CR0_TS)
		return false;
	else
		vcpu_set_ts(v, *r & CR0_TS);
	return true;
}

static void load_cr4(const struct vcpu *v)
{
	write_cr4((read_cr4() & ~(uint64_t)CR4_REAL) | (v->pv.cr4 & CR4_REAL));
}

static bool cr4(struct vcpu *v, uint64_t *r, bool write)
{
	if (!write) {
		*r = CR4_ALWAYS | v->pv.cr4;
		return true;
	}
	if ((*r & ~control_regs_cr4()) != CR4_ALWAYS)
		return false;
	v->pv.cr4 = *r & ~(uint64_t)CR4_ALWAYS;
	load_cr4(v);
	return true;
}

void control_regs_load(struct vcpu *v)
{
	load_cr4(v);
	vcpu_set_ts(v, v->pv.ts);
}

bool control_regs_mov(struct vcpu *v, unsigned n, uint64_t *r, bool write)
{
	switch (n) {
	case 0:
		return cr0(v, r, write);
	case 2:
		if (write)
			v->pv.cr2 = v->info->arch.cr2 = *r;
		else
			*r = v->pv.cr2;
		return true;
	case 3:
		*r = v->pv.kernel_root.mfn << 12;
		return true;
	case 4:
		return cr4(v, r, write);
	}
	return false;
}

/* XCR0 only: x87 always, AVX not without SSE (SDM volume 1, 13.3). */
bool control_regs_xsetbv(struct vcpu *v)
{
	uint64_t val = v->regs.rdx << 32 | (uint32_t)v->regs.rax;

	if (!(v->pv.cr4 & CR4_OSXSAVE) || (uint32_t)v->regs.rcx ||
	    !(val & XCR0_X87) || val & ~control_regs_xcr0() ||
	    (val & (XCR0_SSE | XCR0_AVX)) == XCR0_AVX)
		return false;
	xsetbv(0, val);
	return true;
}
