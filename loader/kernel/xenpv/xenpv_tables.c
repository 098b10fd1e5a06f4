/*
 * The initial page tables.  Tables of a level stand next to each other in the
 * order of the addresses they map, so which page is which is arithmetic:
 *
 *	tables:     L4, L3..., L2..., L1...	for [VIRT_BASE, end of map)
 *	p2m_tables: L3..., L2..., L1...		for the p2m list, if on its own
 *
 * The list lies below VIRT_BASE; where its last table would be the first of
 * the kernel map's, that one serves both.
 */
#include "loader/kernel/xenpv/xenpv_tables.h"

#include <string.h>

#include "loader/abi/xen.h"
#include "loader/base/err.h"

/* Bits of an address below what one table of LEVEL maps. */
static unsigned span_bits(unsigned level)
{
	return 12 + 9 * level;
}

struct level {
	uint64_t first, n;	/* number (address >> span) and count */
	uint64_t pfn;		/* of the first one */
};

struct map {
	struct level level[5];	/* [1] to [4] */
};

static struct level level_of(uint64_t va, uint64_t end, unsigned level)
{
	uint64_t first = va >> span_bits(level);

	if (level == 4)
		return (struct level){ 0, 1, 0 };
	return (struct level){ first,
		((end - 1) >> span_bits(level)) - first + 1, 0 };
}

static uint64_t fill(struct map *m, unsigned top, uint64_t pfn)
{
	uint64_t from = pfn;

	for (unsigned l = top; l >= 1; l--) {
		m->level[l].pfn = pfn;
		pfn += m->level[l].n;
	}
	return pfn - from;
}

static uint64_t main_map(uint64_t va, uint64_t end, uint64_t pfn,
			 struct map *out)
{
	for (unsigned l = 1; l <= 4; l++)
		out->level[l] = level_of(va, end, l);
	return fill(out, 4, pfn);
}

uint64_t xenpv_tables_count(uint64_t va, uint64_t end)
{
	struct map m;

	return main_map(va, end, 0, &m);
}

static uint64_t p2m_map(const struct xenpv *x, struct map *out)
{
	uint64_t end = x->p2m_va + x->p2m.n * XEN_PAGE;

	memset(out, 0, sizeof(*out));
	if (x->image.init_p2m == XENPV_NONE)
		return 0;
	for (unsigned l = 1; l <= 3; l++) {
		struct level *v = &out->level[l];

		*v = level_of(x->p2m_va, end, l);
		if (v->first + v->n - 1 ==
		    x->image.virt_base >> span_bits(l))
			v->n--;
	}
	return fill(out, 3, x->p2m_tables.pfn);
}

uint64_t xenpv_tables_count_p2m(const struct xenpv *x)
{
	struct map m;

	return p2m_map(x, &m);
}

struct writer {
	const struct xenpv *x;
	const struct xenpv_machine *m;
	struct map main, p2m;
};

/* The table of LEVEL that maps VA. */
static uint64_t table_pfn(const struct writer *w, unsigned level, uint64_t va)
{
	uint64_t number = level == 4 ? 0 : va >> span_bits(level);
	const struct level *l = &w->p2m.level[level];

	if (number - l->first >= l->n)
		l = &w->main.level[level];
	return l->pfn + number - l->first;
}

static bool is_table(const struct xenpv *x, uint64_t pfn)
{
	return pfn - x->tables.pfn < x->tables.n ||
	       pfn - x->p2m_tables.pfn < x->p2m_tables.n;
}

/* Put into the table of LEVEL for VA the entry that leads to PFN. */
static int set_entry(const struct writer *w, unsigned level, uint64_t va,
		     uint64_t pfn)
{
	uint64_t *t = w->m->page(w->m->ctx, table_pfn(w, level, va));
	uint64_t flags = PTE_P | PTE_RW | PTE_US | PTE_A, mfn;

	if (!t)
		return ERR_NO_MEMORY;
	mfn = w->m->mfn(w->m->ctx, pfn);
	if (mfn == XENPV_NONE)
		return 0;
	if (level > 1)
		flags |= PTE_D;
	else if (is_table(w->x, pfn))
		flags &= ~PTE_RW;
	t[va >> span_bits(level - 1) & 511] = mfn * XEN_PAGE | flags;
	return 0;
}

/* Map N pages from PFN on at VA, and the tables that do it into each other. */
static int map_range(const struct writer *w, uint64_t va, uint64_t pfn,
		     uint64_t n)
{
	int err = 0;

	for (uint64_t i = 0; !err && i < n; i++, va += XEN_PAGE) {
		for (unsigned l = 2; !err && l <= 4; l++)
			if (!i || !(va & ((1ul << span_bits(l - 1)) - 1)))
				err = set_entry(w, l, va,
						table_pfn(w, l - 1, va));
		if (!err)
			err = set_entry(w, 1, va, pfn + i);
	}
	return err;
}

static int clear(const struct writer *w, struct xenpv_range r)
{
	for (uint64_t i = 0; i < r.n; i++) {
		void *t = w->m->page(w->m->ctx, r.pfn + i);

		if (!t)
			return ERR_NO_MEMORY;
		memset(t, 0, XEN_PAGE);
	}
	return 0;
}

int xenpv_tables_write(const struct xenpv *x, const struct xenpv_machine *m)
{
	struct writer w = { .x = x, .m = m };
	uint64_t base = x->image.virt_base;
	int err;

	main_map(base, base + x->map_end * XEN_PAGE, x->tables.pfn, &w.main);
	p2m_map(x, &w.p2m);
	if ((err = clear(&w, x->tables)) || (err = clear(&w, x->p2m_tables)) ||
	    (err = map_range(&w, base, 0, x->map_end)))
		return err;
	if (x->image.init_p2m == XENPV_NONE)
		return 0;
	return map_range(&w, x->p2m_va, x->p2m.pfn, x->p2m.n);
}
