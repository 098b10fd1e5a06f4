/*
 * What the playing guest asks for at once: multicalls and long lists.
 */
#include <string.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "tests/core/play_domain.h"

#include <xen/memory.h>

#define CALLS	100	/* of a multicall: more than an overdraft pays for */

static void long_multicall(void)
{
	struct multicall_entry e[CALLS];
	unsigned i;

	memset(e, 0, sizeof(e));
	for (i = 0; i < CALLS; i++) {
		e[i].op = __HYPERVISOR_update_va_mapping;
		e[i].args[0] = play_va(play_page());
		e[i].args[1] = i & 1 ? play_any_pte() : 0;
	}
	if (play_put(PLAY_ARG, e, sizeof(e)))
		play_call(__HYPERVISOR_multicall, PLAY_ARG, CALLS, 0, 0);
}

void play_long_list(void)
{
	struct mmuext_op op[120];
	uint64_t mfn = play_any_mfn();
	unsigned i, even = (unsigned)play_rnd(8), pin = MMUEXT_PIN_L1_TABLE;

	if (!play_rnd(3)) {
		long_multicall();
		return;
	}
	memset(op, 0, sizeof(op));
	pin += (unsigned)play_rnd(4);
	for (i = 0; i < 120; i++) {
		op[i].cmd = even ? i & 1 ? MMUEXT_UNPIN_TABLE : pin :
			MMUEXT_CLEAR_PAGE;
		op[i].arg1.mfn = mfn;
	}
	if (play_put(PLAY_ARG, op, sizeof(op)))
		play_call(__HYPERVISOR_mmuext_op, PLAY_ARG, 120, 0, DOMID_SELF);
}

/* Unmap, give back, take again, use otherwise. */
void play_multicall(void)
{
	static struct mmuext_op op;
	static struct mmu_update u;
	struct xen_memory_reservation r;
	struct multicall_entry e[6];
	unsigned page = play_page(), n = 0;
	uint64_t mfn = play_mfn(page), pfn = page;

	if (play_rnd(2))	/* it has a translation */
		play_put(play_va(page), &pfn, sizeof(pfn));
	memset(e, 0, sizeof(e));
	memset(&r, 0, sizeof(r));
	r.extent_start.p = (xen_pfn_t *)(uintptr_t)(PLAY_ARG + 1024);
	r.nr_extents = 1;
	r.domid = DOMID_SELF;
	op.cmd = MMUEXT_PIN_L1_TABLE + (unsigned)play_rnd(4);
	op.arg1.mfn = mfn;
	u.ptr = mfn << 12 | play_rnd(8) << 3;
	u.val = play_any_pte();
	e[n].op = __HYPERVISOR_update_va_mapping;
	e[n].args[0] = play_va(page);
	e[n++].args[1] = play_rnd(2) ? 0 : mfn << 12 | PTE_P | PTE_US;
	if (play_rnd(2)) {
		e[n].op = __HYPERVISOR_memory_op;
		e[n].args[0] = XENMEM_decrease_reservation;
		e[n++].args[1] = PLAY_ARG + 512;
		e[n].op = __HYPERVISOR_memory_op;
		e[n].args[0] = XENMEM_populate_physmap;
		e[n++].args[1] = PLAY_ARG + 512;
	}
	e[n].op = __HYPERVISOR_mmuext_op;
	e[n].args[0] = PLAY_ARG + 600;
	e[n].args[1] = 1;
	e[n++].args[3] = DOMID_SELF;
	e[n].op = play_rnd(8) ? __HYPERVISOR_mmu_update : play_rnd(64);
	e[n].args[0] = PLAY_ARG + 700;
	e[n].args[1] = 1;
	/* *done goes to a page of the game */
	e[n].args[2] = play_rnd(2) ? 0 : play_va(page) + play_rnd(1024) * 4;
	e[n++].args[3] = DOMID_SELF;
	pfn = play_rnd(2) ? mfn : pfn;
	if (play_put(PLAY_ARG, e, sizeof(*e) * n) &&
	    play_put(PLAY_ARG + 512, &r, sizeof(r)) &&
	    play_put(PLAY_ARG + 600, &op, sizeof(op)) &&
	    play_put(PLAY_ARG + 700, &u, sizeof(u)) &&
	    play_put(PLAY_ARG + 1024, &pfn, sizeof(pfn)))
		play_call(__HYPERVISOR_multicall, PLAY_ARG, n, 0, 0);
}

/* PAGE, read-only, becomes a table of level LEVEL + 1, for so much work. */
static bool pin_in_part(unsigned page, unsigned level, int32_t work)
{
	struct mmuext_op op = { .cmd = MMUEXT_PIN_L1_TABLE + level };
	int32_t size = budget_size;

	op.arg1.mfn = play_mfn(page);
	if (!play_put(PLAY_ARG, &op, sizeof(op)))
		return false;
	budget_size = work;
	play_once(__HYPERVISOR_mmuext_op, PLAY_ARG, 1, 0, DOMID_SELF);
	budget_size = size;
	return true;
}

/*
 * It gives up half way with a table that links to another, and then changes
 * the other, mostly to link to the first.
 */
void play_half(void)
{
	unsigned upper = play_page(), lower = play_page();
	unsigned level = 1 + (unsigned)play_rnd(3);
	uint64_t e = play_mfn(lower) << 12 | PTE_P | PTE_RW | PTE_US | PTE_A;
	struct mmu_update u = {
		play_mfn(lower) << 12 | play_rnd(8) << 3, play_any_pte()
	};

	play_put(play_va(upper) + play_rnd(8) * 8, &e, sizeof(e));
	play_call(__HYPERVISOR_update_va_mapping, play_va(upper),
		  play_mfn(upper) << 12 | PTE_P | PTE_US, UVMF_ALL, 0);
	play_call(__HYPERVISOR_update_va_mapping, play_va(lower),
		  play_mfn(lower) << 12 | PTE_P | PTE_US, UVMF_ALL, 0);
	if (!pin_in_part(upper, level, 550 + (int32_t)play_rnd(600)))
		return;
	if (play_rnd(4))
		u.val = play_mfn(upper) << 12 | PTE_P | PTE_US |
			(play_rnd(2) ? PTE_RW : 0);
	if (play_put(PLAY_ARG, &u, sizeof(u)))
		play_call(__HYPERVISOR_mmu_update, PLAY_ARG, 1, 0, DOMID_SELF);
}
