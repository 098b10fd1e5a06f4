/*
 * A true permutation, whatever overlaps: first the wanted contents (given),
 * then the frames that must keep out of the new kernel's map, then those that
 * can stay, then the rest wherever there is room.
 */
#include "loader/kernel/xenpv/xenpv_place.h"

#include "loader/base/err.h"

static bool placed(const struct xenpv_place *p, uint64_t pfn)
{
	return p->placed[pfn / 64] >> pfn % 64 & 1;
}

static void put(struct xenpv_place *p, uint64_t to, uint64_t pfn)
{
	p->from[to] = pfn;
	p->placed[pfn / 64] |= 1ul << pfn % 64;
}

static bool is_table(const struct xenpv_place *p, uint64_t pfn)
{
	return pfn - p->tables[0].pfn < p->tables[0].n ||
	       pfn - p->tables[1].pfn < p->tables[1].n;
}

/* The tables of range R; *TOP: no pfn above is free for one. */
static int put_tables(struct xenpv_place *p, const struct xenpv_range *r,
		      uint64_t *top)
{
	for (uint64_t pfn = r->pfn; pfn < r->pfn + r->n; pfn++) {
		if (placed(p, pfn))
			continue;
		if (pfn >= p->map_end && p->from[pfn] == XENPV_NONE) {
			put(p, pfn, pfn);
			continue;
		}
		while (*top > p->map_end && (p->from[*top - 1] != XENPV_NONE ||
					     is_table(p, *top - 1)))
			--*top;
		if (*top <= p->map_end)
			return fail(ERR_NO_MEMORY,
				    "no room beside the new kernel for the "
				    "page tables in use");
		put(p, --*top, pfn);
	}
	return 0;
}

int xenpv_place(struct xenpv_place *p)
{
	uint64_t top = p->nr_pages, next = 0;
	int err;

	if ((err = put_tables(p, &p->tables[0], &top)) ||
	    (err = put_tables(p, &p->tables[1], &top)))
		return err;
	for (uint64_t t = 0; t < p->nr_pages; t++)
		if (p->from[t] == XENPV_NONE && !placed(p, t))
			put(p, t, t);
	for (uint64_t t = 0; t < p->nr_pages; t++) {
		if (p->from[t] != XENPV_NONE)
			continue;
		while (placed(p, next))
			next++;
		put(p, t, next);
	}
	return 0;
}
