/*
 * The last step.  The kernel's pages are loaded into frames wherever they
 * are; then every frame of the domain is told its new pfn (p2m and M2P), and
 * we jump.  What can fail comes first; in this order, because
 *  - a page table must be mapped writable nowhere when it is pinned, so our
 *    own map of it is read-only before, and the tables in use now go to pfns
 *    that the new map does not reach;
 *  - the disks are closed when nothing is left to read;
 *  - after the M2P has changed, our own tables can no longer be found;
 *  - the new tables are pinned before the old ones are let go.
 * The code of the jump lies in the new kernel's stack page, at its address in
 * both maps; entry.S has it, and the stub that maps that page over whatever
 * we have there.
 */
#include "pvboot/guest/chain.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/xenpv/xenpv_place.h"
#include "pvboot/guest/blkfront.h"
#include "pvboot/guest/console.h"
#include "pvboot/guest/dest.h"
#include "pvboot/guest/frame.h"
#include "pvboot/guest/guest.h"
#include "pvboot/guest/heap.h"
#include "pvboot/guest/map.h"

/* The start of the new stack page; entry.S reads it. */
struct departure {
	struct mmuext_op op[2];
	uint64_t stack, start_info, entry;
	uint8_t code[];
};
_Static_assert(offsetof(struct departure, stack) == DEPART_STACK &&
	       offsetof(struct departure, start_info) == DEPART_INFO &&
	       offsetof(struct departure, entry) == DEPART_ENTRY &&
	       offsetof(struct departure, code) == DEPART_CODE, "layout.h");

extern const uint8_t leap[], leap_end[], depart[], depart_end[];

static void *leap_va;		/* the stub, as mapped for the jump */

/* The memory that P's bytes lie in, if they lie in memory. */
static const uint8_t *memory_of(const struct piece *p)
{
	struct extent run;

	if (!p->file)
		return p->mem;
	if (p->len && !p->file->fs->driver->map(p->file, p->file_off, &run) &&
	    run.kind == EXTENT_MEM && run.len >= p->len)
		return run.mem;
	return NULL;
}

static void *dest_room(void *ctx, uint64_t addr, uint64_t size)
{
	uint64_t t = addr / XEN_PAGE;

	dest_flush();
	if (size && dest_map(t, (addr + size - 1) / XEN_PAGE - t + 1))
		return NULL;
	return (uint8_t *)dest_at(0) + addr;
}

/* The part of P from OFF on, SIZE bytes of destination. */
static int load_part(const struct piece *p, uint64_t off, uint64_t size)
{
	static struct handover one;
	uint64_t len = off < p->len ? p->len - off : 0;

	one = (struct handover){ .n = 1, .piece = { *p } };
	one.piece[0].addr += off;
	one.piece[0].size = size;
	one.piece[0].len = len < size ? len : size;
	one.piece[0].file_off += off;
	if (!p->file)
		one.piece[0].mem = (const uint8_t *)p->mem + off;
	return handover_load(&one, dest_room, NULL);
}

/*
 * Load P.  Whole pages of it that we have in memory become the kernel's as
 * they are.
 */
static int load_piece(const struct piece *p)
{
	const uint8_t *mem = memory_of(p);
	uint64_t off = -p->addr & (XEN_PAGE - 1);
	int err;

	if (!mem || ((uintptr_t)mem ^ p->addr) & (XEN_PAGE - 1) ||
	    p->len < 2 * XEN_PAGE)
		return load_part(p, 0, p->size);
	err = load_part(p, 0, off);
	for (; !err && p->len - off >= XEN_PAGE; off += XEN_PAGE)
		if (!dest_move((p->addr + off) / XEN_PAGE, mem + off))
			err = load_part(p, off, XEN_PAGE);
	dest_flush();
	return err ? err : load_part(p, off, p->size - off);
}

static const void *frame_va(uint64_t mfn)
{
	return (void *)(VIRT_BASE + frame_of_mfn(mfn) * XEN_PAGE);
}

static int load_all(const struct handover *ho, const struct xenpv *x)
{
	int err = dest_open(x);

	for (unsigned i = 0; !err && i < ho->n; i++)
		err = load_piece(&ho->piece[i]);
	if (err || (err = dest_map(x->start_info, 1)) ||
	    (err = dest_map(x->tables.pfn, x->tables.n)) ||
	    (err = dest_map(x->p2m_tables.pfn, x->p2m_tables.n)) ||
	    (err = dest_map(x->stack, 1)))
		return err;
	if (!dest_move(x->store, frame_va(start_info->store_mfn)) ||
	    !dest_move(x->console, frame_va(start_info->console.domU.mfn)))
		return fail(ERR_BOOT, "the kernel lies over the rings");
	dest_flush();
	return 0;
}

/* Put the stub where it does not meet V, and have tables for V. */
static int prepare_leap(uint64_t v)
{
	uint8_t *stub = arena_alloc_aligned(&heap, XEN_PAGE, XEN_PAGE);
	uint64_t va = v >> 39 == MAP_LEAP >> 39 ? MAP_LEAP2 : MAP_LEAP;
	uint64_t pte = 0;

	if (!stub)
		return ERR_NO_MEMORY;
	memcpy(stub, leap, (size_t)(leap_end - leap));
	if (!map_get(v))
		map_set(v, 1, &pte);
	map_set(va, 1, &pte);
	map_flush();
	pte = map_get((uint64_t)stub);
	map_set(va, 1, &pte);
	leap_va = (void *)va;
	return 0;
}

static int settle_places(const struct xenpv *x)
{
	uint64_t start[2], end[2];
	struct xenpv_place p = { .nr_pages = x->nr_pages, .from = dest_from,
		.placed = frame_placed, .map_end = x->map_end };
	int err;

	map_tables(start, end);
	for (unsigned i = 0; i < 2; i++)
		p.tables[i] = (struct xenpv_range){ start[i],
						    end[i] - start[i] };
	err = xenpv_place(&p);
	for (uint64_t t = 0; !err && t < x->nr_pages; t++)
		dest_from[t] = frame_mfn(dest_from[t]);
	return err;
}

static void *page_of(void *ctx, uint64_t pfn)
{
	return dest_at(pfn);
}

static uint64_t mfn_of(void *ctx, uint64_t pfn)
{
	return dest_from[pfn];
}

static int pin_tables(const struct xenpv *x)
{
	struct mmuext_op pin = { .cmd = MMUEXT_PIN_L4_TABLE,
				 .arg1.mfn = dest_from[x->tables.pfn] };
	long err;

	dest_protect(x->tables);
	dest_protect(x->p2m_tables);
	err = hyper_mmuext(&pin, 1);
	return err ? fail(ERR_BOOT, "Xen refuses the page tables: %ld", err)
		   : 0;
}

static void write_departure(const struct handover *ho, const struct xenpv *x)
{
	struct departure *d = dest_at(x->stack);

	d->op[0].cmd = MMUEXT_NEW_BASEPTR;
	d->op[0].arg1.mfn = dest_from[x->tables.pfn];
	d->op[1].cmd = MMUEXT_UNPIN_TABLE;
	d->op[1].arg1.mfn = frame_mfn((start_info->pt_base - VIRT_BASE) /
				      XEN_PAGE);
	d->stack = ho->stack;
	d->start_info = ho->rsi;
	d->entry = ho->entry;
	memcpy(d->code, depart, (size_t)(depart_end - depart));
}

/* Tell Xen the new pfn of every frame that has one. */
static void update_m2p(const struct xenpv *x)
{
	static struct mmu_update u[512];
	unsigned n = 0;
	long err = 0;

	for (uint64_t t = 0; t < x->nr_pages && !err; t++) {
		uint64_t mfn = dest_from[t];

		if (mfn != frame_mfn(t) && mfn != XENPV_NONE)
			u[n++] = (struct mmu_update){
				mfn * XEN_PAGE | MMU_MACHPHYS_UPDATE, t };
		if (n == 512 || (n && t + 1 == x->nr_pages)) {
			err = hyper_mmu(u, n);
			n = 0;
		}
	}
	if (err)
		panic("Xen refuses new frame numbers: %ld", err);
}

static _Noreturn void go(const struct handover *ho, const struct xenpv *x)
{
	uint64_t v = xenpv_va(x, x->stack);
	uint64_t pte = dest_from[x->stack] * XEN_PAGE | MAP_RW;
	void (*jump)(uint64_t va, uint64_t pte) = (void (*)(uint64_t, uint64_t))
		(uintptr_t)leap_va;

	blkfront_close();
	console_drain();
	update_m2p(x);
	hypercall(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0, 0, 0);
	event_reset();
	jump(v, pte);
	__builtin_unreachable();
}

int chain_go(struct handover *ho)
{
	const struct xenpv *x = ho->extra.xenpv;
	struct xenpv_machine m = { .page = page_of, .mfn = mfn_of,
		.p2m_written = true,	/* dest_from: settle_places() */
		.shared_info = start_info->shared_info,
		.store_port = start_info->store_evtchn,
		.console_port = start_info->console.domU.evtchn };
	const char *stuck = blkfront_stuck();
	int err;

	if (stuck)
		return fail(ERR_BOOT, "the backend of %s still has pages of "
			    "ours", stuck);
	err = prepare_leap(xenpv_va(x, x->stack));
	if (err)
		return err;
	heap_trim();
	if (!(err = load_all(ho, x)) && !(err = settle_places(x)) &&
	    !(err = xenpv_write(x, &m)) && !(err = pin_tables(x))) {
		write_departure(ho, x);
		if (ho->loaded)
			ho->loaded(ho);
		go(ho, x);
	}
	dest_close();
	return err;
}
