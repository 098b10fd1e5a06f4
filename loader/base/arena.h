/*
 * Memory for one boot attempt: allocate upward, release down to a mark.
 */
#ifndef LOADER_BASE_ARENA_H
#define LOADER_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena {
	uint8_t *base;
	size_t size, used;
	/* Back the first USED bytes with memory; NULL: all of it is there. */
	int (*grow)(struct arena *a, size_t used);
};

/*
 * SIZE zeroed bytes, 16-byte aligned; NULL with ERR_NO_MEMORY recorded when
 * there is no room.
 */
void *arena_alloc(struct arena *a, size_t size);

/* The same with ALIGN, a power of two. */
void *arena_alloc_aligned(struct arena *a, size_t size, size_t align);

/* The same, not zeroed: for megabytes that will be written anyway. */
void *arena_alloc_raw(struct arena *a, size_t size, size_t align);

static inline size_t arena_mark(const struct arena *a)
{
	return a->used;
}

/* Give back all that was allocated since MARK. */
static inline void arena_release(struct arena *a, size_t mark)
{
	a->used = mark;
}

#endif
