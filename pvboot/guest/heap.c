/*
 * The arena takes frames from the end of memory, a 2 MiB stretch of addresses
 * at a time, when it grows into it.
 */
#include "pvboot/guest/heap.h"

#include "loader/base/err.h"
#include "pvboot/guest/frame.h"
#include "pvboot/guest/map.h"

#define STRETCH (512 * XEN_PAGE)

static size_t mapped;		/* bytes of the arena that have frames */

/* Map to the end of the stretch, or to NEED bytes if there is not enough. */
static int map_stretch(size_t need)
{
	static uint64_t pte[512];
	unsigned n = 0, room = (unsigned)((STRETCH - mapped % STRETCH) /
					  XEN_PAGE);

	while (n < room && (frame_count_free() || mapped + n * XEN_PAGE <
						  need)) {
		uint64_t pfn = frame_alloc();

		if (pfn == FRAME_NONE)
			break;
		pte[n++] = frame_mfn(pfn) * XEN_PAGE | MAP_RW;
	}
	if (!n)
		return ERR_NO_MEMORY;
	map_set(MAP_HEAP + mapped, n, pte);
	mapped += n * XEN_PAGE;
	return 0;
}

static int heap_grow(struct arena *a, size_t used)
{
	while (mapped < used) {
		int err = map_stretch(used);

		if (err)
			return err;
	}
	return 0;
}

void heap_trim(void)
{
	static const uint64_t none[512];
	size_t keep = (heap.used + XEN_PAGE - 1) & -XEN_PAGE;

	while (mapped > keep) {
		size_t from = (mapped - 1) & -STRETCH;

		if (from < keep)
			from = keep;
		for (size_t at = from; at < mapped; at += XEN_PAGE)
			frame_free(frame_of_mfn(map_get(MAP_HEAP + at) >> 12 &
						((1ul << 40) - 1)));
		map_set(MAP_HEAP + from, (unsigned)((mapped - from) / XEN_PAGE),
			none);
		mapped = from;
	}
	map_flush();
}

struct arena heap = { .base = (uint8_t *)MAP_HEAP, .grow = heap_grow };

void heap_init(void)
{
	heap.size = frame_count_free() * XEN_PAGE;
}
