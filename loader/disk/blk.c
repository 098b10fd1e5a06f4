/*
 * Range checks, and a small cache for metadata: file systems ask for the same
 * few blocks again and again, firmware takes thousands of instructions for
 * each.
 */
#include "loader/disk/blk.h"

#include <string.h>

#include "loader/base/arena.h"
#include "loader/base/err.h"

#define CACHE_LINE 4096u	/* bytes; a multiple of every sector size */
#define CACHE_LINES 16u

struct blk_cache {
	struct {
		uint64_t off;	/* of the device, a multiple of b->line */
		size_t len;	/* valid bytes; 0: empty */
		uint64_t used;	/* for least-recently-used */
		uint8_t *data;
	} line[CACHE_LINES];
	uint64_t clock;
};

int blk_cache_attach(struct blk *b, struct arena *a)
{
	uint8_t *data;

	if (!b->line)
		b->line = CACHE_LINE;
	b->cache = arena_alloc(a, sizeof(*b->cache));
	data = arena_alloc_raw(a, CACHE_LINES * b->line, 16);
	if (!b->cache || !data) {
		b->cache = NULL;
		return ERR_NO_MEMORY;
	}
	for (unsigned i = 0; i < CACHE_LINES; i++)
		b->cache->line[i].data = data + i * b->line;
	return 0;
}

static int check_range(const struct blk *b, uint64_t lba, uint32_t n)
{
	if (lba <= b->count && n <= b->count - lba)
		return 0;
	return fail(ERR_OUTSIDE_PARTITION, "%s: sectors %lu+%u of %lu",
		    b->name, lba, n, b->count);
}

int blk_read(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	int err = check_range(b, lba, n);

	return err || !n ? err : b->read(b, lba, n, buf);
}

/* The cache is for file systems, which nobody writes to often. */
int blk_write(struct blk *b, uint64_t lba, uint32_t n, const void *buf)
{
	int err = check_range(b, lba, n);

	if (!err && !b->write)
		err = fail(ERR_WRITE, "%s cannot be written to here", b->name);
	for (unsigned i = 0; b->cache && i < CACHE_LINES; i++)
		b->cache->line[i].len = 0;
	return err || !n ? err : b->write(b, lba, n, buf);
}

int blk_flush(struct blk *b)
{
	return b->flush ? b->flush(b) : 0;
}

/* The cached data at OFF (a multiple of B->line), read when needed. */
static int cache_line(struct blk *b, uint64_t off, unsigned *found)
{
	struct blk_cache *c = b->cache;
	unsigned oldest = 0;
	uint64_t left = blk_bytes(b) - off;
	int err;

	for (unsigned i = 0; i < CACHE_LINES; i++) {
		if (c->line[i].len && c->line[i].off == off) {
			c->line[i].used = ++c->clock;
			*found = i;
			return 0;
		}
		if (c->line[i].used < c->line[oldest].used)
			oldest = i;
	}
	c->line[oldest].len = 0;
	if (left > b->line)
		left = b->line;
	err = blk_read(b, off / b->sector, (uint32_t)left / b->sector,
		       c->line[oldest].data);
	if (err)
		return err;
	c->line[oldest].off = off;
	c->line[oldest].len = left;
	c->line[oldest].used = ++c->clock;
	*found = oldest;
	return 0;
}

static int read_cached(struct blk *b, uint64_t off, size_t len, void *buf)
{
	while (len) {
		size_t in = off % b->line, n;
		unsigned i;
		int err = cache_line(b, off - in, &i);

		if (err)
			return err;
		n = b->cache->line[i].len - in;
		if (n > len)
			n = len;
		memcpy(buf, b->cache->line[i].data + in, n);
		buf = (uint8_t *)buf + n;
		off += n;
		len -= n;
	}
	return 0;
}

/* Without a cache: one sector at a time through the stack. */
static int read_edge(struct blk *b, uint64_t off, size_t len, void *buf)
{
	uint8_t sector[4096];
	int err;

	if (b->cache)
		return read_cached(b, off, len, buf);
	err = blk_read(b, off / b->sector, 1, sector);
	if (!err)
		memcpy(buf, sector + off % b->sector, len);
	return err;
}

int blk_pread(struct blk *b, uint64_t off, size_t len, void *buf)
{
	uint64_t end;
	uint8_t *to = buf;
	int err;

	if (__builtin_add_overflow(off, len, &end) || end > blk_bytes(b))
		return fail(ERR_OUTSIDE_PARTITION, "%s: bytes %lu+%zu of %lu",
			    b->name, off, len, blk_bytes(b));
	if (b->cache && len <= b->line)
		return read_cached(b, off, len, buf);
	while (len) {
		size_t in = off % b->sector, n = b->sector - in;

		if (in || len < b->sector) {
			if (n > len)
				n = len;
			err = read_edge(b, off, n, to);
		} else {
			uint64_t sectors = len / b->sector;

			if (sectors > UINT32_MAX)
				sectors = UINT32_MAX;
			n = sectors * b->sector;
			err = blk_read(b, off / b->sector, (uint32_t)sectors,
				       to);
		}
		if (err)
			return err;
		off += n;
		to += n;
		len -= n;
	}
	return 0;
}
