/*
 * Part of hostile.elf: translations that the processor still has when a frame
 * becomes something else.  A page is written (so it is cached), unmapped or
 * made read-only without a flush, given a use in which nobody may write it, and
 * then written through the old translation: by the guest, and by the hypervisor
 * for it (a *done of a later call in the same multicall).
 */
#include <string.h>

#include "tests/hv/guest.h"
#include "tests/hv/hostile/hostile.h"

#include <xen/version.h>

#define USE_GDT	4	/* 0..3: pinned as L1..L4 */
#define USES	5

static struct multicall_entry call[10];
static unsigned n_calls;

static void add(uint64_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct multicall_entry *e = &call[n_calls++];

	memset(e, 0, sizeof(*e));
	e->op = op;
	e->args[0] = a;
	e->args[1] = b;
	e->args[2] = c;
	e->args[3] = d;
}

static void write_word(void *at)
{
	*(volatile uint64_t *)at = 0x1234567;
}

static uint8_t *page, *window;	/* the victim; where we look at it */

struct trial {
	unsigned use;
	bool keep_read_only;	/* instead of unmapping it */
	bool balloon;		/* given back and taken again between */
	bool batch;		/* all in one multicall */
};

static void describe_reservation(struct xen_memory_reservation *r, void *frame)
{
	memset(r, 0, sizeof(*r));
	set_xen_guest_handle(r->extent_start, frame);
	r->nr_extents = 1;
	r->domid = DOMID_SELF;
}

static void run(bool batch)
{
	unsigned i;

	if (batch)
		hypercall(__HYPERVISOR_multicall, UL(call), n_calls, 0, 0);
	for (i = 0; !batch && i < n_calls; i++)
		call[i].result = UL(hypercall(call[i].op, call[i].args[0],
					      call[i].args[1], call[i].args[2],
					      call[i].args[3]));
	n_calls = 0;
}

/* False: the frame was written. */
static bool survives(const struct trial *t)
{
	static struct mmuext_op pin, unpin;
	static struct mmu_update nothing;
	struct xen_memory_reservation out, in;
	uint64_t mfn = va_mfn(page), frame = mfn;
	uint64_t pfn = (UL(page) - UL(image)) / PAGE;
	bool good = true;
	unsigned i;

	nothing.ptr = va_ma(window) & ~(PAGE - 1);
	pin.cmd = MMUEXT_PIN_L1_TABLE + t->use;
	pin.arg1.mfn = unpin.arg1.mfn = mfn;
	unpin.cmd = MMUEXT_UNPIN_TABLE;
	describe_reservation(&out, &frame);
	describe_reservation(&in, &pfn);
	memset(page, 0, PAGE);
	add(__HYPERVISOR_xen_version, XENVER_platform_parameters,
	    UL(page) + 4088, 0, 0);
	add(__HYPERVISOR_update_va_mapping, UL(page),
	    t->keep_read_only ? mfn * PAGE | P | US : 0, UVMF_NONE, 0);
	if (t->balloon) {
		add(__HYPERVISOR_memory_op, XENMEM_decrease_reservation,
		    UL(&out), 0, 0);
		add(__HYPERVISOR_memory_op, XENMEM_populate_physmap, UL(&in),
		    0, 0);
	}
	if (t->use == USE_GDT)
		add(__HYPERVISOR_set_gdt, UL(&frame), 512, 0, 0);
	else
		add(__HYPERVISOR_mmuext_op, UL(&pin), 1, 0, DOMID_SELF);
	add(__HYPERVISOR_mmu_update, UL(&nothing), 1, UL(page) + 64,
	    DOMID_SELF);
	run(t->batch);
	/* A store to an L1 table that is mapped is an update, and may be. */
	if (t->use || !t->keep_read_only)
		faults(write_word, page + 128);
	set_va(window, mfn * PAGE | P | US);
	for (i = 0; i < 512 - 1; i++)
		if (((volatile uint64_t *)window)[i] &&
		    !(t->use == 3 && i >= 256 && i < 272))
			good = false;
	if (t->use == USE_GDT)
		hypercall(__HYPERVISOR_set_gdt, 0, 0, 0, 0);
	else
		hypercall(__HYPERVISOR_mmuext_op, UL(&unpin), 1, 0,
			  DOMID_SELF);
	protect(window, true);
	return !set_va(page, mfn * PAGE | P | A | D | RW | US) && good;
}

void hostile_tlb(void)
{
	static const char *const use[USES] = {
		"an L1 table", "an L2 table", "an L3 table", "an L4 table",
		"a GDT"
	};
	struct trial t;
	unsigned i, bad;

	page = pages(1);
	window = pages(1);
	for (t.use = 0; t.use < USES; t.use++) {
		for (i = bad = 0; i < 8; i++) {
			t.keep_read_only = i & 1;
			t.balloon = i & 2 && !t.keep_read_only;
			t.batch = i & 4;
			bad += !survives(&t);
		}
		ok(!bad, "no old translation writes to %s", use[t.use]);
	}
}
