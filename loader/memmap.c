/*
 * The memory map is a sorted list of disjoint ranges; setting a range cuts
 * what was there.
 */
#include "loader/memmap.h"

#include <stdbool.h>
#include <string.h>

#include "loader/base/err.h"

static int insert(struct memmap *m, unsigned i, struct memrange r)
{
	if (m->n == MEMMAP_MAX)
		return fail(ERR_NO_MEMORY, "more than %u memory ranges",
			    MEMMAP_MAX);
	memmove(&m->r[i + 1], &m->r[i], (m->n - i) * sizeof(m->r[0]));
	m->r[i] = r;
	m->n++;
	return 0;
}

static void remove_at(struct memmap *m, unsigned i)
{
	m->n--;
	memmove(&m->r[i], &m->r[i + 1], (m->n - i) * sizeof(m->r[0]));
}

/* Make ADDR a border between ranges; returns the index of what follows it. */
static int split(struct memmap *m, uint64_t addr, unsigned *at)
{
	unsigned i = 0;

	while (i < m->n && m->r[i].end <= addr)
		i++;
	*at = i;
	if (i < m->n && m->r[i].start < addr) {
		struct memrange low = m->r[i];

		low.end = addr;
		m->r[i].start = addr;
		*at = i + 1;
		return insert(m, i, low);
	}
	return 0;
}

static void join(struct memmap *m)
{
	for (unsigned i = 1; i < m->n; ) {
		if (m->r[i - 1].end == m->r[i].start &&
		    m->r[i - 1].type == m->r[i].type) {
			m->r[i - 1].end = m->r[i].end;
			remove_at(m, i);
		} else {
			i++;
		}
	}
}

int memmap_set(struct memmap *m, uint64_t start, uint64_t end, uint32_t type)
{
	unsigned from, to;
	int err;

	if (start >= end)
		return 0;
	if ((err = split(m, start, &from)) || (err = split(m, end, &to)))
		return err;
	while (to > from)
		remove_at(m, --to);
	err = insert(m, from, (struct memrange){ start, end, type });
	join(m);
	return err;
}

int memmap_add(struct memmap *m, uint64_t start, uint64_t end, uint32_t type)
{
	int err = 0;

	if (type != MEM_RAM)
		return memmap_set(m, start, end, type);
	/* RAM only where nothing else was said. */
	for (unsigned i = 0; !err && start < end; i++) {
		uint64_t gap_end = i < m->n ? m->r[i].start : end;
		uint64_t next = i < m->n ? m->r[i].end : end;

		if (gap_end > end)
			gap_end = end;
		if (start < gap_end) {
			err = insert(m, i, (struct memrange){ start, gap_end,
							      MEM_RAM });
			next = gap_end;
		}
		if (next > start)
			start = next;
	}
	join(m);
	return err;
}

static bool place(const struct memrange *r, uint64_t size, uint64_t align,
		  uint64_t low, uint64_t high, bool top, uint64_t *at)
{
	uint64_t start = r->start > low ? r->start : low;
	uint64_t end = r->end < high ? r->end : high;

	if (r->type != MEM_RAM || start >= end || end - start < size)
		return false;
	if (top)
		*at = (end - size) & -align;
	else if (__builtin_add_overflow(start, align - 1, at))
		return false;
	else
		*at &= -align;
	return *at >= start && *at <= end - size;
}

int memmap_find_low(const struct memmap *m, uint64_t size, uint64_t align,
		    uint64_t low, uint64_t high, uint64_t *at)
{
	for (unsigned i = 0; i < m->n; i++)
		if (place(&m->r[i], size, align, low, high, false, at))
			return 0;
	return fail(ERR_NO_MEMORY, "no %lu bytes free between %lx and %lx",
		    size, low, high);
}

int memmap_find_high(const struct memmap *m, uint64_t size, uint64_t align,
		     uint64_t low, uint64_t high, uint64_t *at)
{
	for (unsigned i = m->n; i-- > 0; )
		if (place(&m->r[i], size, align, low, high, true, at))
			return 0;
	return fail(ERR_NO_MEMORY, "no %lu bytes free between %lx and %lx",
		    size, low, high);
}
