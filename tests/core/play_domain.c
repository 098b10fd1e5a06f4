/*
 * The playing guest's domain: pseudo-physical page I is mapped at BASE + I *
 * 4096 from the start, its page tables (pages 0..3) read-only.
 */
#include "tests/core/play_domain.h"

#include <string.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "pvboot/hv/pv/memory/hold.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "tests/core/fakecpu.h"
#include "tests/core/fakemachine.h"

#define RWX	(PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)

static struct domain domain;

uint64_t play_mfn(unsigned pfn)
{
	return FAKE_FIRST + (pfn * 7 + 3) % PLAY_PAGES;
}

static void make_tables(void)
{
	uint64_t *t[4];
	unsigned i;

	for (i = 0; i < 4; i++)
		t[i] = core_frame(play_mfn(i));
	t[0][511] = play_mfn(1) << 12 | RWX;
	t[1][510] = play_mfn(2) << 12 | RWX;
	t[2][0] = play_mfn(3) << 12 | RWX;
	for (i = 0; i < PLAY_PAGES; i++)
		t[3][i] = play_mfn(i) << 12 |
			(i < 4 ? RWX & ~PTE_RW : RWX);
}

static void make_vcpu(struct vcpu *v, unsigned id)
{
	v->domain = &domain;
	v->id = id;
	v->regs.cs = SEL_KERNEL_CS;
	v->regs.ss = SEL_KERNEL_SS;
	v->regs.rflags = FLAG_IF | FLAG_FIXED;
	vcpu_init(v);
}

static void start_vcpu(struct vcpu *v)
{
	v->pv.kernel_mode = true;
	v->initialised = true;
	v->state = VCPU_RUNNABLE;
	if (hold_take(&domain, &v->pv.kernel_root, play_mfn(0), FT_L4))
		fakecpu_fail("the first tables are refused");
	paging_show_m2p(&domain, play_mfn(0), true);
	paging_load(v);
}

static void keep_ring(struct hold *ring, unsigned pfn)
{
	if (hold_take(&domain, ring, play_mfn(pfn), FT_WRITABLE))
		fakecpu_fail("a ring is refused");
}

struct domain *play_start(void)
{
	struct domain *d = &domain;
	unsigned i;

	fakecpu_reset();
	fakemachine_reset();
	memset(d, 0, sizeof(*d));
	paging_undo_first = 0;
	budget_left = INT32_MAX;
	budget_size = 10000;
	frames_init();
	d->id = 1;
	d->shutdown = -1;
	d->n_vcpus = PLAY_VCPUS;
	d->nr_pages = d->tot_pages = PLAY_PAGES;
	d->m2p = core_page();
	d->shared = core_page();
	frame_share(d, core_mfn(d->shared));
	for (i = 0; i < PLAY_PAGES; i++) {
		frame_give(d, play_mfn(i));
		d->m2p[play_mfn(i)] = i;
	}
	keep_ring(&d->console_ring, PLAY_CONSOLE);
	keep_ring(&d->store_ring, PLAY_STORE);
	if (!grant_init(d))
		fakecpu_fail("no memory for a grant table");
	make_tables();
	if (frame_pin(d, play_mfn(0), FT_L4))
		fakecpu_fail("the first tables are refused");
	for (i = 0; i < PLAY_VCPUS; i++) {
		make_vcpu(&d->vcpu[i], i);
		if (i < PLAY_STARTED)
			start_vcpu(&d->vcpu[i]);
	}
	return d;
}
