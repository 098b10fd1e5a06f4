/*
 * XXH64 of xxHash's specification (doc/xxhash_spec.md, version 0.1.1), seed 0:
 * finds damage of any kind, not forgery.
 */
#ifndef LOADER_DISK_XXH64_H
#define LOADER_DISK_XXH64_H

#include <stddef.h>
#include <stdint.h>

/* Of LEN bytes at P, wherever that is. */
uint64_t xxh64_hash(const void *p, size_t len);

#endif
