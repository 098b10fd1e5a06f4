/*
 * Part of fuzz.elf: what it asks for in one go, and the probe for old
 * translations.
 */
#include "tests/hv/fuzz/fuzz.h"

#include <string.h>

#define MAGIC	0x5a5a5a5a5a5a5a58UL	/* no present entry */

static struct multicall_entry batch[12];
static unsigned n_batch;

static void add(uint64_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct multicall_entry *e = &batch[n_batch++];

	e->op = op;
	e->args[0] = a;
	e->args[1] = b;
	e->args[2] = c;
	e->args[3] = d;
}

/* Arguments, one for each entry of the batch. */
static union {
	struct mmu_update update;
	struct mmuext_op ext;
	struct xen_memory_reservation reservation;
} arg[12];
static uint64_t extent[12][3];

static void add_reservation(unsigned cmd)
{
	struct xen_memory_reservation *r = &arg[n_batch].reservation;
	unsigned i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < 3; i++)
		extent[n_batch][i] = cmd == XENMEM_decrease_reservation ?
			va_mfn(fuzz_page()) :
			(UL(fuzz_gone()) - UL(image)) / PAGE;
	set_xen_guest_handle(r->extent_start, extent[n_batch]);
	r->nr_extents = 1 + fuzz_rnd(3);
	r->domid = DOMID_SELF;
	add(__HYPERVISOR_memory_op, cmd, UL(r), 0, 0);
}

/* *done goes to a page of the game, whatever that is. */
static uint64_t any_done(void)
{
	return fuzz_rnd(2) ? 0 : UL(fuzz_page()) + fuzz_rnd(1024) * 4;
}

static void add_one(void)
{
	static const uint8_t cmd[] = {
		MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE, MMUEXT_PIN_L3_TABLE,
		MMUEXT_PIN_L4_TABLE, MMUEXT_UNPIN_TABLE, MMUEXT_CLEAR_PAGE,
		MMUEXT_UNPIN_TABLE, MMUEXT_NEW_USER_BASEPTR,
	};
	uint8_t *p = fuzz_page();

	switch (fuzz_rnd(6)) {
	case 0:
		arg[n_batch].update = (struct mmu_update){
			va_ma(p) + fuzz_rnd(8) * 8, fuzz_pte()
		};
		add(__HYPERVISOR_mmu_update, UL(&arg[n_batch]), 1, any_done(),
		    DOMID_SELF);
		break;
	case 1:
		memset(&arg[n_batch].ext, 0, sizeof(arg->ext));
		arg[n_batch].ext.cmd = cmd[fuzz_rnd(sizeof(cmd))];
		arg[n_batch].ext.arg1.mfn = va_mfn(p);
		add(__HYPERVISOR_mmuext_op, UL(&arg[n_batch]), 1, any_done(),
		    DOMID_SELF);
		break;
	case 2:
		add_reservation(XENMEM_decrease_reservation);
		break;
	case 3:
		add_reservation(XENMEM_populate_physmap);
		break;
	default:
		add(__HYPERVISOR_update_va_mapping, UL(p), fuzz_rnd(3) ?
		    va_mfn(p) * PAGE | P | US | A | (fuzz_rnd(2) ? RW | D : 0) :
		    0, UVMF_NONE, 0);
	}
}

/* Frames that came back have another number. */
static void note_frames(void)
{
	unsigned i, k;

	for (i = 0; i < n_batch; i++)
		for (k = 0; k < 3 && batch[i].args[0] ==
			     XENMEM_populate_physmap && batch[i].op ==
			     __HYPERVISOR_memory_op; k++)
			fuzz_took(extent[i][k]);
}

void fuzz_multicall(void)
{
	unsigned n = 2 + (unsigned)fuzz_rnd(10);

	for (n_batch = 0; n_batch < n; )
		add_one();
	hypercall(__HYPERVISOR_multicall, UL(batch), n, 0, 0);
	note_frames();
}

static void write_magic(void *at)
{
	*(volatile uint64_t *)at = MAGIC;
}

/*
 * Written, unmapped without a flush, given another use, written once more: the
 * second time must not arrive.
 */
void fuzz_probe(void)
{
	uint8_t *p = fuzz_quiet ? fuzz_quiet : fuzz_page();
	uint8_t *window = fuzz_window;
	uint64_t mfn = va_mfn(p), slot = fuzz_rnd(256) * 8;
	unsigned cmd = MMUEXT_PIN_L1_TABLE + (unsigned)fuzz_rnd(4);

	if (protect(p, true) || set_va(window, mfn * PAGE | P | US))
		return;
	memset(p, 0, PAGE);
	if (!hypercall(__HYPERVISOR_update_va_mapping, UL(p), 0, UVMF_NONE, 0)
	    && !mmuext(cmd, mfn, 0)) {
		faults(write_magic, p + slot);
		fuzz_bad += *(volatile uint64_t *)(window + slot) ==
			MAGIC;
		mmuext(MMUEXT_UNPIN_TABLE, mfn, 0);
	}
	set_va(window, 0);
	protect(p, true);
}
