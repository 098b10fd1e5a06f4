/* Bytes in memory as a disk. */
#ifndef TESTS_FUZZ_MEMDISK_H
#define TESTS_FUZZ_MEMDISK_H

#include <stdint.h>
#include <string.h>

#include "loader/disk/blk.h"

static inline int memdisk_read(struct blk *b, uint64_t lba, uint32_t n,
			       void *buf)
{
	const uint8_t *mem = b->priv;

	memcpy(buf, mem + lba * b->sector, (size_t)n * b->sector);
	return 0;
}

static inline struct blk memdisk(const void *mem, size_t len, uint32_t sector)
{
	return (struct blk){ .name = "hd0", .sector = sector,
			     .count = len / sector, .read = memdisk_read,
			     .priv = (void *)(uintptr_t)mem };
}

#endif
