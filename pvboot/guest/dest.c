/*
 * The new kernel's pages.  Each gets the frame that has its pfn already if
 * that is free, so that nothing has to change hands; else any other, or one
 * of ours that holds its contents.  What is whose is settled at the end.
 */
#include "pvboot/guest/dest.h"

#include "loader/base/err.h"
#include "pvboot/guest/frame.h"
#include "pvboot/guest/guest.h"
#include "pvboot/guest/map.h"

#define PTE_MOVED 0x200ul	/* ours (a software bit): not freed by us */
#define MFN(pte) ((pte) >> 12 & ((1ul << 40) - 1))

uint64_t *dest_from;

/* Entries for pfns [start, start + n), of one 2 MiB stretch, not yet set. */
static struct {
	uint64_t start;
	unsigned n;
	uint64_t pte[512];
} batch;

void dest_flush(void)
{
	if (batch.n)
		map_set((uint64_t)dest_at(batch.start), batch.n, batch.pte);
	batch.n = 0;
}

static void add(uint64_t t, uint64_t pte)
{
	if (batch.n && (t != batch.start + batch.n || !(t & 511)))
		dest_flush();
	if (!batch.n)
		batch.start = t;
	batch.pte[batch.n++] = pte;
}

static void place(uint64_t t, uint64_t pfn, uint64_t flags)
{
	add(t, frame_mfn(pfn) * XEN_PAGE | MAP_RW | flags);
	frame_bit_set(frame_placed, pfn);
	if (dest_from)
		dest_from[t] = pfn;
}

int dest_map(uint64_t t, uint64_t n)
{
	int err = 0;

	dest_flush();
	for (; n && !err; n--, t++) {
		if (map_get((uint64_t)dest_at(t)))
			continue;
		uint64_t pfn = frame_take(t) ? t : frame_alloc();

		if (pfn == FRAME_NONE)
			err = ERR_NO_MEMORY;
		else
			place(t, pfn, 0);
	}
	dest_flush();
	return err;
}

bool dest_move(uint64_t t, const void *va)
{
	uint64_t pfn = frame_of_mfn(MFN(map_get((uint64_t)va)));

	if (frame_bit(frame_placed, pfn) || map_get((uint64_t)dest_at(t)))
		return false;
	place(t, pfn, PTE_MOVED);
	return true;
}

int dest_open(const struct xenpv *x)
{
	uint64_t *from = dest_at(x->p2m.pfn);
	int err;

	dest_from = NULL;
	err = dest_map(x->p2m.pfn, x->p2m.n);
	if (err)
		return err;
	for (uint64_t t = 0; t < x->p2m.n * 512; t++)
		from[t] = XENPV_NONE;
	for (uint64_t i = 0; i < x->p2m.n; i++)
		from[x->p2m.pfn + i] = frame_of_mfn(MFN(map_get(
			(uint64_t)dest_at(x->p2m.pfn + i))));
	dest_from = from;
	return 0;
}

void dest_protect(struct xenpv_range r)
{
	for (uint64_t t = r.pfn; t < r.pfn + r.n; t++)
		add(t, map_get((uint64_t)dest_at(t)) & ~PTE_RW);
	dest_flush();
	map_flush();
}

void dest_close(void)
{
	dest_flush();
	dest_from = NULL;
	for (uint64_t t = 0; t < start_info->nr_pages; t++) {
		uint64_t pte = map_get((uint64_t)dest_at(t)), pfn;

		if (!pte)
			continue;
		pfn = frame_of_mfn(MFN(pte));
		frame_placed[pfn / 64] &= ~(1ul << pfn % 64);
		if (!(pte & PTE_MOVED))
			frame_free(pfn);
		add(t, 0);
	}
	dest_flush();
	map_flush();
}
