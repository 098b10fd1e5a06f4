/*
 * libxxhash's header, compiled here: its archive has all of its hashes in one
 * object, with SSE.  Always in line, although the rest of stage 2 is compiled
 * for size: a call for each word would double what a MiB costs.
 */
#define XXH_INLINE_ALL
#define XXH_NO_INLINE_HINTS 0
#define XXH_NO_STDLIB
#define XXH_FORCE_MEMORY_ACCESS 1
#define XXH_NO_STREAM
#include <xxhash.h>

#include "loader/disk/xxh64.h"

uint64_t xxh64_hash(const void *p, size_t len)
{
	return XXH64(p, len, 0);
}
