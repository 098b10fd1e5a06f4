#include "loader/base/arena.h"

#include <string.h>

#include "loader/base/err.h"

void *arena_alloc_raw(struct arena *a, size_t size, size_t align)
{
	size_t at = -((uintptr_t)a->base + a->used) & (align - 1);

	if (at > a->size - a->used || size > a->size - a->used - at) {
		fail(ERR_NO_MEMORY,
		     "%zu bytes wanted, %zu of the loader's %zu left", size,
		     a->size - a->used, a->size);
		return NULL;
	}
	if (a->grow && a->grow(a, a->used + at + size))
		return NULL;
	a->used += at + size;
	return a->base + a->used - size;
}

void *arena_alloc_aligned(struct arena *a, size_t size, size_t align)
{
	void *p = arena_alloc_raw(a, size, align);

	return p ? memset(p, 0, size) : NULL;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return arena_alloc_aligned(a, size, 16);
}
