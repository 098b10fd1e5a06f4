/*
 * Debug registers: the guest's own, but none may watch the hypervisor.  Intel
 * SDM volume 3, 17.2.  Ports are emulated, and so are breakpoints on them: the
 * processor's DR7 never has one.
 */
#include "pvboot/hv/pv/cpu/privileged/debug_regs.h"

#include <stdint.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#define DR6_ONES	0xffff0ff0ULL
#define DR6_BITS	0xe00fULL	/* BT BS BD B3..B0 */
#define DR7_ONES	0x400ULL
#define DR7_BITS	0xffff03ffULL	/* without GD and RTM */
#define RW_IO		2

static unsigned enabled(uint64_t dr7, unsigned i)
{
	return dr7 >> 2 * i & 3;
}

static unsigned access_of(uint64_t dr7, unsigned i)
{
	return dr7 >> (16 + 4 * i) & 3;
}

static unsigned length_of(uint64_t dr7, unsigned i)
{
	static const uint8_t length[4] = { 1, 2, 8, 4 };

	return length[dr7 >> (18 + 4 * i) & 3];
}

/* DR7 without breakpoints on ports. */
static uint64_t on_memory(uint64_t dr7)
{
	for (unsigned i = 0; i < 4; i++)
		if (access_of(dr7, i) == RW_IO)
			dr7 &= ~(3ULL << 2 * i | 15ULL << (16 + 4 * i));
	return dr7;
}

unsigned debug_regs_io(const struct vcpu *v, uint16_t port, unsigned size)
{
	uint64_t dr7 = v->pv.dr[7];
	unsigned hit = 0;

	for (unsigned i = 0; v->pv.cr4 & CR4_DE && i < 4; i++) {
		uint64_t len = length_of(dr7, i);
		uint64_t at = v->pv.dr[i] & ~(len - 1);

		if (enabled(dr7, i) && access_of(dr7, i) == RW_IO &&
		    port < at + len && at < (uint64_t)port + size)
			hit |= 1U << i;
	}
	return hit;
}

/* Breakpoints on ports are CR4.DE's; without it their code is undefined. */
static bool dr7_ok(const struct vcpu *v, uint64_t val)
{
	for (unsigned i = 0; i < 4; i++)
		if (access_of(val, i) == RW_IO && !(v->pv.cr4 & CR4_DE))
			return false;
	return !(val >> 32);
}

int debug_regs_keep(struct vcpu *v, unsigned reg, uint64_t val)
{
	switch (reg) {
	case 0 ... 3:
		if (!guest_range(val, 8))
			return -XEN_EPERM;
		v->pv.dr[reg] = val;
		return 0;
	case 4:
	case 6:
		v->pv.dr[6] = (val & DR6_BITS) | DR6_ONES;
		return 0;
	case 5:
	case 7:
		if (!dr7_ok(v, val))
			return -XEN_EPERM;
		v->pv.dr[7] = (val & DR7_BITS) | DR7_ONES;
		return 0;
	}
	return -XEN_EINVAL;
}

static void load(const struct vcpu *v, unsigned reg)
{
	uint64_t val = v->pv.dr[reg];

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
		__asm__ volatile("mov %0, %%dr7" : : "r"(on_memory(val)));
		break;
	}
}

void debug_regs_load(const struct vcpu *v)
{
	for (unsigned reg = 0; reg < 8; reg++)
		load(v, reg);
}

int debug_regs_set(struct vcpu *v, unsigned reg, uint64_t val)
{
	int err = debug_regs_keep(v, reg, val);

	if (!err)
		load(v, reg == 5 ? 7 : reg);
	return err;
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
	return (int64_t)v->pv.dr[reg];
}
