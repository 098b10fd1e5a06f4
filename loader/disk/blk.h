/*
 * A block device: a whole disk, or a partition of one.  Drivers fill in
 * read(); everybody else calls blk_read() and blk_pread(), which check ranges.
 */
#ifndef LOADER_DISK_BLK_H
#define LOADER_DISK_BLK_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct blk_cache;

struct blk {
	char name[16];		/* as menu.lst writes it: "hd0", "hd0,1" */
	uint32_t sector;	/* bytes a sector: a power of two, 512..4096 */
	uint64_t count;		/* sectors */
	/*
	 * Read N sectors at LBA, in range, into BUF.  A driver splits what
	 * its hardware cannot take at once.  0, or an error already recorded.
	 */
	int (*read)(struct blk *b, uint64_t lba, uint32_t n, void *buf);
	/*
	 * The same for writing, and: what was written is where it stays when
	 * the power goes.  NULL: nothing can be written; there is no cache.
	 */
	int (*write)(struct blk *b, uint64_t lba, uint32_t n, const void *buf);
	int (*flush)(struct blk *b);
	void *priv;		/* the driver's */
	struct blk_cache *cache; /* for blk_pread; may be NULL */
	uint32_t line;		/* bytes it reads at a time; 0: 4096 */
};

/* N whole sectors at LBA.  ERR_OUTSIDE_PARTITION past the end; ERR_READ. */
int blk_read(struct blk *b, uint64_t lba, uint32_t n, void *buf);

/*
 * Write N whole sectors at LBA.  ERR_WRITE, also where nothing can be written;
 * ERR_OUTSIDE_PARTITION.
 */
int blk_write(struct blk *b, uint64_t lba, uint32_t n, const void *buf);

/* LEN bytes at byte OFF; what shares a sector with them is read first. */
int blk_pwrite(struct blk *b, uint64_t off, size_t len, const void *buf);

/* Wait until all that was written stays.  ERR_WRITE. */
int blk_flush(struct blk *b);

/*
 * LEN bytes at byte OFF.  Whole sectors in the middle of long reads go
 * straight to BUF in one request; short reads (metadata) go through the cache.
 */
int blk_pread(struct blk *b, uint64_t off, size_t len, void *buf);

/*
 * Give B a cache from A for blk_pread.  B->line is a power of two: the more a
 * request costs for itself, the larger.  ERR_NO_MEMORY.
 */
int blk_cache_attach(struct blk *b, struct arena *a);

static inline uint64_t blk_bytes(const struct blk *b)
{
	return b->count * b->sector;
}

#endif
