/* The domain's frames: which are in use, which are free. */
#ifndef PVBOOT_GUEST_FRAME_H
#define PVBOOT_GUEST_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#define FRAME_NONE UINT64_MAX

/* One bit a pfn; both are nr_pages long. */
extern uint64_t *frame_used;
extern uint64_t *frame_placed;	/* holds contents of the kernel to come */

/* Everything below FIRST is in use; the bitmaps take MAPS (zeroed). */
void frame_init(uint64_t first, uint64_t *maps);
uint64_t frame_bitmap_bytes(void);	/* of both */

/* A free frame, from the end of memory; FRAME_NONE: error recorded. */
uint64_t frame_alloc(void);
/* Take PFN itself if it is free. */
bool frame_take(uint64_t pfn);
void frame_free(uint64_t pfn);
uint64_t frame_count_free(void);

/* pfn <-> mfn, as the domain is now. */
uint64_t frame_mfn(uint64_t pfn);
uint64_t frame_of_mfn(uint64_t mfn);

static inline bool frame_bit(const uint64_t *map, uint64_t pfn)
{
	return map[pfn / 64] >> pfn % 64 & 1;
}

static inline void frame_bit_set(uint64_t *map, uint64_t pfn)
{
	map[pfn / 64] |= 1ul << pfn % 64;
}

#endif
