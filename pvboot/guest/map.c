/*
 * Page tables.  Those that the builder made stay in use and get more slots.
 * New tables come from a pool behind the boot stack, mapped linearly like the
 * builder's (VIRT_BASE + pfn), so that every table can be read by its pfn; it
 * is laid out once, large enough to map all of memory twice.
 *
 * A table is filled while it is an ordinary page, then made read-only, then
 * linked: one hypercall for 512 pages.  Xen checks it all.
 */
#include "pvboot/guest/map.h"

#include <string.h>

#include "pvboot/guest/frame.h"
#include "pvboot/guest/guest.h"

#define POOL_EXTRA 128u		/* tables besides those of the windows */

static uint64_t pool_next, pool_end;	/* pfns */
static uint64_t pool_start, built_start, built_end;

static void *linear(uint64_t pfn)
{
	return (void *)(VIRT_BASE + pfn * XEN_PAGE);
}

static unsigned shift_of(unsigned level)
{
	return 3 + 9 * level;
}

/*
 * The entry of LEVEL for VA: where it can be read, and its machine address.
 * NULL if a table above is missing.
 */
static const uint64_t *entry(uint64_t va, unsigned level, uint64_t *ma)
{
	const uint64_t *table = (const uint64_t *)start_info->pt_base, *e;
	uint64_t pfn = ((uint64_t)table - VIRT_BASE) / XEN_PAGE;
	uint64_t mfn = frame_mfn(pfn);

	for (unsigned l = 4;; l--) {
		e = &table[va >> shift_of(l) & 511];
		*ma = mfn * XEN_PAGE + (va >> shift_of(l) & 511) * 8;
		if (l == level)
			return e;
		if (!(*e & PTE_P))
			return NULL;
		mfn = *e >> 12 & ((1ul << 40) - 1);
		table = linear(frame_of_mfn(mfn));
	}
}

uint64_t map_get(uint64_t va)
{
	uint64_t ma;
	const uint64_t *e = entry(va, 1, &ma);

	return e ? *e : 0;
}

static void update(uint64_t ma, uint64_t value)
{
	struct mmu_update u = { ma | MMU_NORMAL_PT_UPDATE, value };
	long err = hyper_mmu(&u, 1);

	if (err)
		panic("Xen refuses the entry %lx: %ld", value, err);
}

static uint64_t *new_table(uint64_t *pfn)
{
	if (pool_next >= pool_end)
		panic("no page left for page tables");
	*pfn = pool_next++;
	return memset(linear(*pfn), 0, XEN_PAGE);
}

/* From now on PFN is a table: read-only, and known to the one above. */
static void link_table(uint64_t pfn, uint64_t upper_ma)
{
	uint64_t pte = frame_mfn(pfn) * XEN_PAGE;

	if (hyper_map((uint64_t)linear(pfn), pte | MAP_RO))
		panic("page %lx cannot be made read-only", pfn);
	update(upper_ma, pte | MAP_RW);
}

static void set_batch(uint64_t ma, unsigned n, const uint64_t *pte)
{
	static struct mmu_update u[512];
	long err;

	for (unsigned i = 0; i < n; i++)
		u[i] = (struct mmu_update){ ma + i * 8ul, pte[i] };
	err = hyper_mmu(u, n);
	if (err)
		panic("Xen refuses %u mappings, first %lx: %ld", n, pte[0],
		      err);
}

void map_set(uint64_t va, unsigned n, const uint64_t *pte)
{
	uint64_t ma, pfn, *t;

	for (unsigned l = 4; l > 1; l--) {
		const uint64_t *e = entry(va, l, &ma);

		if (*e & PTE_P)
			continue;
		t = new_table(&pfn);
		if (l == 2)
			memcpy(t + (va >> 12 & 511), pte, n * 8ul);
		link_table(pfn, ma);
		if (l == 2)
			return;
	}
	entry(va, 1, &ma);
	set_batch(ma, n, pte);
}

void map_flush(void)
{
	struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_LOCAL };

	hyper_mmuext(&op, 1);
}

void map_tables(uint64_t start[2], uint64_t end[2])
{
	start[0] = built_start;
	end[0] = built_end;
	start[1] = pool_start;
	end[1] = pool_next;
}

/* Where the builder's linear map ends. */
static uint64_t map_end(void)
{
	uint64_t pfn = built_end;

	while (pfn < start_info->nr_pages &&
	       map_get(VIRT_BASE + pfn * XEN_PAGE) & PTE_P)
		pfn++;
	return pfn;
}

/* Map linearly from PFN up to END. */
static void extend(uint64_t pfn, uint64_t end)
{
	static uint64_t pte[512];

	while (pfn < end) {
		unsigned n = 512 - (unsigned)(pfn & 511);

		if (n > end - pfn)
			n = (unsigned)(end - pfn);
		for (unsigned i = 0; i < n; i++)
			pte[i] = frame_mfn(pfn + i) * XEN_PAGE | MAP_RW;
		map_set(VIRT_BASE + pfn * XEN_PAGE, n, pte);
		pfn += n;
	}
}

void map_init(void)
{
	uint64_t nr = start_info->nr_pages, end, want;
	uint64_t maps = (frame_bitmap_bytes() + XEN_PAGE - 1) / XEN_PAGE;

	built_start = (start_info->pt_base - VIRT_BASE) / XEN_PAGE;
	built_end = built_start + start_info->nr_pt_frames;
	pool_start = pool_next = built_end + 1;	/* past the boot stack */
	pool_end = end = map_end();
	want = pool_start + 2 * (nr / 512) + POOL_EXTRA + maps;
	if (want > nr)
		panic("%lu MiB are too little memory", nr >> 8);
	if (want > end) {
		extend(end, want);
		end = want;
	}
	pool_end = end - maps;
	frame_init(end, memset(linear(pool_end), 0, maps * XEN_PAGE));
}
