/*
 * Part of hostile.elf: read-only links from a root to a root ("linear" tables)
 * put the hypervisor's slots among the guest's addresses, one or more levels
 * down.  Ring 3 cannot use them; nor may a hypercall's buffer, a stack, or the
 * operand of an emulated instruction.
 */
#include <string.h>

#include "tests/hv/guest.h"
#include "tests/hv/hostile/hostile.h"

#include <xen/physdev.h>
#include <xen/version.h>

#define SLOT	300UL

static uint64_t at(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return (a >= 256 ? 0xffffUL << 48 : 0) | a << 39 | b << 30 | c << 21 |
		d << 12;
}

static void load(void *p)
{
	*(volatile uint64_t *)p;
}

static void outs(void *p)
{
	__asm__ volatile("outsl" : "+S"(p) : "d"(0xcf8) : "memory");
}

static void ins(void *p)
{
	__asm__ volatile("insl" : "+D"(p) : "d"(0xcf8) : "memory");
}

/* How many uses of VA as a buffer go through. */
static unsigned uses(uint64_t va)
{
	struct evtchn_alloc_unbound un = { DOMID_SELF, DOMID_SELF, 0 };
	unsigned n = 0;

	n += hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, 4, va, 0) >= 0;
	n += hypercall(__HYPERVISOR_xen_version, XENVER_extraversion, va, 0,
		       0) >= 0;
	n += hypercall(__HYPERVISOR_mmu_update, va, 1, 0, DOMID_SELF) != -14;
	n += hypercall(__HYPERVISOR_mmuext_op, va, 1, 0, DOMID_SELF) != -14;
	n += hypercall(__HYPERVISOR_mmu_update, UL(&un), 0, va,
		       DOMID_SELF) >= 0;
	n += hypercall(__HYPERVISOR_multicall, va, 1, 0, 0) >= 0;
	n += hypercall(__HYPERVISOR_set_gdt, va, 512, 0, 0) != -14;
	n += hypercall(__HYPERVISOR_set_trap_table, va, 0, 0, 0) != -14;
	n += hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
		       va, 0, 0) >= 0;
	n += hypercall(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0, va,
		       0) >= 0;
	n += hypercall(__HYPERVISOR_update_va_mapping, va, 0, 0, 0) >= 0;
	n += !faults(load, (void *)va);
	n += !faults(outs, (void *)va);
	n += !faults(ins, (void *)va);
	return n;
}

static unsigned tries(void)
{
	unsigned n = 0;

	/* Slots 257..271 of a root, as its third, second and first level. */
	for (uint64_t s = 257; s < 272; s++) {
		n += uses(at(SLOT, s, 0, 0) + 0x40);
		n += uses(at(SLOT, s, 0, 5) + 8);
		n += uses(at(SLOT, SLOT, s, 0) + 2048);
		n += uses(at(SLOT, SLOT, s, 1));
		n += uses(at(SLOT, SLOT, SLOT, s) + 8 * 257);
		n += uses(at(SLOT, SLOT, SLOT, s) + 4094);
	}
	return n;
}

void hostile_linear(void)
{
	struct physdev_set_iopl io = { 1 };
	uint64_t *root = (uint64_t *)si->pt_base, *other = pages(1);

	hypercall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, UL(&io), 0, 0);
	ok(!mmu_update(va_ma(&root[SLOT]), va_ma(root) | P | A),
	   "a read-only self map of the running root");
	ok(!faults(load, (void *)at(SLOT, SLOT, SLOT, SLOT)) &&
	   *(uint64_t *)(at(SLOT, SLOT, SLOT, SLOT) + SLOT * 8) >> 12 ==
	   va_mfn(root), "shows the root");
	ok(hypercall(__HYPERVISOR_xen_version, XENVER_get_features,
		     at(SLOT, SLOT, SLOT, SLOT), 0, 0) == -14,
	   "which no hypercall writes to");
	ok(!tries(), "and nothing of the hypervisor's");
	mmu_update(va_ma(&root[SLOT]), 0);
	memset(other, 0, PAGE);
	protect(other, false);
	ok(!mmuext(MMUEXT_PIN_L4_TABLE, va_mfn(other), 0) &&
	   !mmu_update(va_ma(&root[SLOT]), va_ma(other) | P | A),
	   "a link to another root");
	ok(!tries(), "shows nothing either");
	mmu_update(va_ma(&root[SLOT]), 0);
	ok(!mmuext(MMUEXT_UNPIN_TABLE, va_mfn(other), 0) &&
	   !protect(other, true), "links are gone");
	io.iopl = 0;
	hypercall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, UL(&io), 0, 0);
}
