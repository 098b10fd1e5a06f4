/* A disk made of bytes in memory, for unit tests and fuzz targets. */
#ifndef TESTS_MEMDISK_H
#define TESTS_MEMDISK_H

#include <string.h>

#include "loader/disk/blk.h"

struct memdisk {
	struct blk blk;
	uint8_t *data;
	unsigned reads;		/* requests so far */
};

static inline int memdisk_read(struct blk *b, uint64_t lba, uint32_t n,
			       void *buf)
{
	struct memdisk *d = b->priv;

	d->reads++;
	memcpy(buf, d->data + lba * b->sector, (size_t)n * b->sector);
	return 0;
}

/* LEN is cut down to whole sectors. */
static inline void memdisk_init(struct memdisk *d, void *data, size_t len,
				uint32_t sector)
{
	*d = (struct memdisk){
		.blk = { .name = "hd0", .sector = sector,
			 .count = len / sector, .read = memdisk_read,
			 .priv = d },
		.data = data,
	};
}

#endif
