/*
 * The playing guest's own stores, with an instruction to be emulated when one
 * faults; and the hypervisor reading and writing for it, or by itself.
 */
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/hold.h"
#include "pvboot/hv/pv/memory/ro_page_fault.h"
#include "tests/core/play_domain.h"

static const struct {
	uint8_t byte[5], n, size;
	bool mov;
} insn[] = {
	{ { 0x48, 0x89, 0x07 }, 3, 8, true },		/* mov %rax, (%rdi) */
	{ { 0x89, 0x07 }, 2, 4, true },
	{ { 0x66, 0x89, 0x07 }, 3, 2, true },
	{ { 0x88, 0x07 }, 2, 1, true },
	{ { 0x48, 0x87, 0x07 }, 3, 8, false },		/* xchg */
	{ { 0xf0, 0x48, 0x0f, 0xb1, 0x0f }, 5, 8, false }, /* cmpxchg %rcx */
	{ { 0xf0, 0x48, 0x21, 0x07 }, 4, 8, false },	/* and */
	{ { 0xf0, 0x48, 0x0f, 0xc1, 0x07 }, 5, 8, false }, /* xadd */
};

/* After a MOV that was emulated: is it where it should be? */
static void check_mov(uint64_t va, uint64_t val, unsigned size)
{
	uint64_t mask = size == 8 ? ~0ULL : (1ULL << size * 8) - 1;
	uint64_t have = 0, e = 0;

	if (!guest_read(play_vcpu, &have, va, size))
		fakecpu_fail("an emulated store to nowhere, %lx", va);
	guest_read(play_vcpu, &e, va & ~7ULL, 8);
	if (play_domain->ones && (e & PTE_ADDR) >> 12 == play_domain->ones)
		return;		/* not what was stored */
	if ((have ^ val) & mask & ~(va & 7 ? 0 : PTE_US))
		fakecpu_fail("an emulated store to %lx: %lx, not %lx", va,
			     have, val);
}

/* A page to store to: an L1 table, if one is found. */
static unsigned target(void)
{
	unsigned page = play_page(), i;

	for (i = 0; i < PLAY_COUNT / 2; i++) {
		const struct frame *f = &frames[play_mfn(page)];

		if (f->type == FT_L1 && frame_is_table(f))
			break;
		page = page + 1 < PLAY_FIRST + PLAY_COUNT ? page + 1 :
			PLAY_FIRST;
	}
	return page;
}

void play_store(void)
{
	unsigned k = (unsigned)play_rnd(sizeof(insn) / sizeof(*insn)), i;
	uint64_t va = play_va(target()), val = play_any_pte();
	uint8_t *to[8];
	bool present;

	va += play_rnd(3) ? play_rnd(4) * 8 : play_rnd(16) - 8;
	if (!play_put(play_va(PLAY_CODE), insn[k].byte, insn[k].n))
		return;
	play_tally.stores++;
	for (i = 0; i < insn[k].size; i++) {
		to[i] = fakecpu_access(play_vcpu, va + i, true, &present);
		if (!to[i])
			break;
	}
	if (i == insn[k].size) {
		for (i = 0; insn[k].mov && i < insn[k].size; i++)
			*to[i] = (uint8_t)(val >> i * 8);
		return;
	}
	play_vcpu->regs.rip = play_va(PLAY_CODE);
	play_vcpu->regs.rdi = va;
	play_vcpu->regs.rax = val;
	play_vcpu->regs.rcx = play_any_pte();
	budget_start();
	if (!present || !ro_page_fault(play_vcpu, va + i) ||
	    play_vcpu->regs.rip == play_va(PLAY_CODE))
		return;
	play_tally.emulated++;
	if (insn[k].mov)
		check_mov(va, val, insn[k].size);
}

/* Linear tables and all: what we read for it, it could read by itself. */
void play_read_for_it(void)
{
	static const uint16_t slot[] = { 0, 1, 2, 3, 4, 257, 256, 511, 510 };
	bool write = play_rnd(2), ours = play_rnd(2), good;
	uint64_t va = 0, old = 0, *fresh;
	int i;

	if (ours)	/* by a link of the root to itself, if there is one */
		va = play_rnd(5) << 9 | 257;
	for (i = ours ? 2 : 0; i < 4; i++)
		va = va << 9 | slot[play_rnd(9)];
	va = va << 12 | play_rnd(512) << 3;
	if (va >> 47)
		va |= 0xffffULL << 48;
	if (!guest_range(va, 8))
		return;
	fresh = (uint64_t *)fakecpu_walk(play_vcpu, va, write);
	if (fresh)
		old = *fresh;
	good = write ? guest_write(play_vcpu, va, &old, 8) :
		guest_read(play_vcpu, &old, va, 8);
	if (good != !!fresh || (good && *fresh != old &&
				(*fresh ^ old) & ~(PTE_A | PTE_D)))
		fakecpu_fail("%lx is %s for the guest", va,
			     write ? "written" : "read");
}

/* The backends write, whatever the guest has made of the pages. */
void play_backends(void)
{
	struct hold *ring = play_rnd(2) ? &play_domain->console_ring :
		&play_domain->store_ring;
	uint64_t *p = hold_page(ring);

	if (frames[ring->mfn].type != FT_WRITABLE || !frames[ring->mfn].tcount)
		fakecpu_fail("a ring is of type %u", frames[ring->mfn].type);
	p[play_rnd(512)] = play_any_pte();
}
