/*
 * Debug registers: the guest's own, but none may watch the hypervisor.  Intel SDM
 * volume 3, 17.2.
 */
#include "pvboot/hv/pv/cpu/debug_regs.h"

#include <stdint.h>

#include "pvboot/hv/pv/memory/guest_mem.h"

int debug_regs_set(struct vcpu *v, unsigned reg, uint64_t val)
{
	switch (reg) {
	case 0 ... 3:
		if (!guest_range(val, 8))
			return -XEN_EPERM;
		break;
	case 4:
	case 6:
		reg = 6;
		val = (val & 0xe00f) | 0xffff0ff0;
		break;
	case 5:
	case 7:
		reg = 7;
		if (val >> 32)
			return -XEN_EPERM;
		/* No GD, no I/O breakpoints (CR4.DE is ours). */
		if ((val >> 16 & 3) == 2 || (val >> 20 & 3) == 2 ||
		    (val >> 24 & 3) == 2 || (val >> 28 & 3) == 2)
			return -XEN_EPERM;
		val = (val & 0xffff03ff) | 0x400;
		break;
	default:
		return -XEN_EINVAL;
	}
	v->dr[reg] = val;
	switch (reg) {
	case 0:
		__asm__ volatile("mov %0, %%dr0" : : "r"(val));
		break;
	case 1:
		__asm__ volatile("mov %0, %%dr1" : : "r"(val));
		break;
	case 2:
		__asm__ volatile("mov %0, %%dr2" : : "r"(val));
		break;
	case 3:
		__asm__ volatile("mov %0, %%dr3" : : "r"(val));
		break;
	case 7:
		__asm__ volatile("mov %0, %%dr7" : : "r"(val));
		break;
	}
	return 0;
}

int64_t do_set_debugreg(struct vcpu *v, const uint64_t *a)
{
	return debug_regs_set(v, a[0] > 7 ? 8 : (unsigned)a[0], a[1]);
}

int64_t do_get_debugreg(struct vcpu *v, const uint64_t *a)
{
	unsigned reg = (unsigned)a[0];

	if (a[0] > 7)
		return -XEN_EINVAL;
	if (reg == 4 || reg == 5)
		reg += 2;
	return (int64_t)v->dr[reg];
}
