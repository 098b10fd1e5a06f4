/*
 * A bitmap over the domain's memory.  Our own memory is taken from the end,
 * because kernels want the beginning.
 */
#include "pvboot/guest/frame.h"

#include "loader/base/err.h"
#include "pvboot/guest/guest.h"

uint64_t *frame_used, *frame_placed;

static uint64_t last;		/* no free frame has a higher word */
static uint64_t n_free;

static uint64_t words(void)
{
	return (start_info->nr_pages + 63) / 64;
}

uint64_t frame_bitmap_bytes(void)
{
	return 2 * words() * 8;
}

uint64_t frame_mfn(uint64_t pfn)
{
	return ((const uint64_t *)start_info->mfn_list)[pfn];
}

uint64_t frame_of_mfn(uint64_t mfn)
{
	return machine_to_phys_mapping[mfn];
}

void frame_init(uint64_t first, uint64_t *maps)
{
	frame_used = maps;
	frame_placed = maps + words();
	last = words() - 1;
	for (uint64_t pfn = 0; pfn < words() * 64; pfn++) {
		if (pfn < first || pfn >= start_info->nr_pages ||
		    frame_mfn(pfn) == FRAME_NONE)
			frame_bit_set(frame_used, pfn);
		else
			n_free++;
	}
}

uint64_t frame_alloc(void)
{
	for (; n_free; last--) {
		uint64_t free = ~frame_used[last];

		if (free) {
			uint64_t bit = 63 - (uint64_t)__builtin_clzl(free);

			frame_used[last] |= 1ul << bit;
			n_free--;
			return last * 64 + bit;
		}
	}
	fail(ERR_NO_MEMORY, "all of the domain's %lu MiB are in use",
	     start_info->nr_pages >> 8);
	return FRAME_NONE;
}

bool frame_take(uint64_t pfn)
{
	if (frame_bit(frame_used, pfn))
		return false;
	frame_bit_set(frame_used, pfn);
	n_free--;
	return true;
}

void frame_free(uint64_t pfn)
{
	frame_used[pfn / 64] &= ~(1ul << pfn % 64);
	if (pfn / 64 > last)
		last = pfn / 64;
	n_free++;
}

uint64_t frame_count_free(void)
{
	return n_free;
}
