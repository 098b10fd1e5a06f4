/*
 * The machine's memory as ranges.  loader/memmap.c keeps the map sorted and
 * disjoint; here is which word counts, and what happens when there is no room.
 */
#include "pvboot/hv/machine/ranges.h"

#define PAGE_MASK	4095ULL

/* Where nothing more careful was said.  False: there is no room. */
static bool put(struct memmap *m, uint32_t kind, uint64_t start, uint64_t end)
{
	uint64_t stop;

	for (unsigned i; start < end; start = stop) {
		bool kept = false;

		stop = end;
		for (i = 0; i < m->n && m->r[i].end <= start; i++)
			;
		if (i < m->n && m->r[i].start <= start) {
			kept = m->r[i].type >= kind;
			stop = m->r[i].end;
		} else if (i < m->n) {
			stop = m->r[i].start;
		}
		if (stop > end)
			stop = end;
		if (!kept && memmap_set(m, start, stop, kind))
			return false;
	}
	return true;
}

/* Nothing less careful stays; of what it lies in the middle of, one side. */
static void cut(struct memmap *m, uint32_t kind, uint64_t start, uint64_t end)
{
	unsigned i, n = 0;

	for (i = 0; i < m->n; i++) {
		struct memrange r = m->r[i];

		if (r.type < kind && r.start < end && r.end > start) {
			if (r.start < start)
				r.end = start;
			else
				r.start = end;
		}
		if (r.start < r.end)
			m->r[n++] = r;
	}
	m->n = n;
}

void ranges_found(struct ranges *r, enum memory_kind kind, uint64_t start,
		  uint64_t end)
{
	/* RAM that wraps is none; anything else goes on as far as we look. */
	if (end > RANGES_END || (end < start && kind != MEMORY_RAM))
		end = RANGES_END;
	if (start >= end)
		return;
	if (kind == MEMORY_RAM) {
		start = (start + PAGE_MASK) & ~PAGE_MASK;
		end &= ~PAGE_MASK;
	} else {
		start &= ~PAGE_MASK;
		end = (end + PAGE_MASK) & ~PAGE_MASK;
	}
	if (!r->full && put(&r->map, kind, start, end))
		return;
	r->full = true;
	cut(&r->map, kind, start, end);
}

bool ranges_next(const struct ranges *r, unsigned *i, enum memory_kind kind,
		 uint64_t low, uint64_t high, struct ram *part)
{
	while (*i < r->map.n) {
		const struct memrange *m = &r->map.r[(*i)++];

		part->start = m->start > low ? m->start : low;
		part->end = m->end < high ? m->end : high;
		if (m->type == kind && part->start < part->end)
			return true;
	}
	return false;
}

uint64_t ranges_bytes(const struct ranges *r, enum memory_kind kind,
		      uint64_t low, uint64_t high)
{
	uint64_t sum = 0;
	struct ram part;

	for (unsigned i = 0; ranges_next(r, &i, kind, low, high, &part); )
		sum += part.end - part.start;
	return sum;
}

static uint64_t size_of(const struct ram *r)
{
	return r->end - r->start;
}

void ranges_give(struct ranges_free *f, uint64_t start, uint64_t end)
{
	struct ram new = { start, end }, *least = f->ram;

	if (start >= end)
		return;
	if (f->n < RANGES_FREE) {
		f->ram[f->n++] = new;
		return;
	}
	for (unsigned i = 1; i < f->n; i++)
		if (size_of(&f->ram[i]) < size_of(least))
			least = &f->ram[i];
	if (size_of(&new) > size_of(least)) {
		f->lost += size_of(least);
		*least = new;
	} else {
		f->lost += size_of(&new);
	}
}

void ranges_take(struct ranges_free *f, uint64_t start, uint64_t end)
{
	unsigned i, n = f->n;

	start &= ~PAGE_MASK;
	end = (end + PAGE_MASK) & ~PAGE_MASK;
	for (i = 0; i < n; i++) {
		struct ram *r = &f->ram[i], was = *r;

		if (end <= was.start || start >= was.end)
			continue;
		*r = (struct ram){ was.start, was.start };
		if (start > was.start)
			r->end = start;
		ranges_give(f, end, was.end);
	}
}

uint64_t ranges_place(const struct ranges_free *f, uint64_t size,
		      uint64_t align, uint64_t high)
{
	uint64_t best = 0;

	for (unsigned i = 0; i < f->n; i++) {
		const struct ram *r = &f->ram[i];
		uint64_t end = r->end < high ? r->end : high, at;

		at = end > size ? (end - size) & ~(align - 1) : 0;
		if (at >= r->start && at > best)
			best = at;
	}
	return best;
}
