/*
 * Which blocks a file gets, and its map of them: extents (ext4) or indirect
 * blocks (ext2, ext3).  Free blocks are taken from the first to the last, so
 * that few files are ever in more than one piece.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/image/fs/ext.h"
#include "tools/report.h"

#define PER_BLOCK 1024u		/* numbers in an indirect block */
#define PER_EXTENT_BLOCK ((EXT_BLOCK - 12 - 4) / 12)
#define IN_INODE 4u		/* extents in i_block */

int ext_blocks_find(struct ext *x)
{
	blk64_t at = x->fs->super->s_first_data_block, end;
	blk64_t last = ext2fs_blocks_count(x->fs->super) - 1;

	while (!ext2fs_find_first_zero_block_bitmap2(x->fs->block_map, at,
						     last, &at)) {
		if (ext2fs_find_first_set_block_bitmap2(x->fs->block_map, at,
							last, &end))
			end = last + 1;
		x->free = realloc(x->free, (x->n_free + 1) * sizeof(*x->free));
		if (!x->free)
			abort();
		x->free[x->n_free++] = (struct ext_free){ at, end - at };
		if (end > last)
			break;
		at = end;
	}
	return 0;
}

static int full(void)
{
	return report_error("the root file system is full: give a larger "
			    "--size");
}

/* Up to N blocks in one stretch: how many, 0 reported. */
static uint64_t take(struct ext *x, uint64_t n, uint64_t *start)
{
	const struct ext_free *f;

	if (!x->fs) {
		*start = x->used;
		x->used += n;
		return n;
	}
	if (x->at_free < x->n_free &&
	    x->in_free == x->free[x->at_free].len) {
		x->at_free++;
		x->in_free = 0;
	}
	if (x->at_free == x->n_free) {
		full();
		return 0;
	}
	f = &x->free[x->at_free];
	if (n > f->len - x->in_free)
		n = f->len - x->in_free;
	*start = f->start + x->in_free;
	x->in_free += n;
	x->used += n;
	return n;
}

static void add_piece(struct ext *x, uint64_t logical, uint64_t physical,
		      uint64_t len)
{
	if (x->n_pieces == x->max_pieces) {
		x->max_pieces = x->max_pieces ? 2 * x->max_pieces : 64;
		x->piece = realloc(x->piece,
				   x->max_pieces * sizeof(*x->piece));
		if (!x->piece)
			abort();
	}
	x->piece[x->n_pieces++] = (struct ext_piece){ logical, physical, len };
}

int ext_blocks_take(struct ext *x, uint64_t logical, uint64_t n)
{
	while (n) {
		uint64_t start, ask = n < EXT_INIT_MAX_LEN ? n :
				      EXT_INIT_MAX_LEN;
		uint64_t got = take(x, ask, &start);

		if (!got)
			return -1;
		add_piece(x, logical, start, got);
		logical += got;
		n -= got;
	}
	return 0;
}

int ext_blocks_one(struct ext *x, uint64_t *block)
{
	return take(x, 1, block) ? 0 : -1;
}

void ext_blocks_account(struct ext *x)
{
	for (size_t i = 0; i <= x->at_free && i < x->n_free; i++) {
		uint64_t at = x->free[i].start;
		uint64_t n = i < x->at_free ? x->free[i].len : x->in_free;

		/* It takes a blk_t, 32 bits. */
		for (uint64_t now; n; n -= now, at += now) {
			now = n < 1u << 30 ? n : 1u << 30;
			ext2fs_block_alloc_stats_range(x->fs, at, (blk_t)now,
						       1);
		}
	}
}

/* ---- extents ---- */

/* A node of the tree as it stands in an inode or a block. */
static void set_header(struct ext3_extent_header *h, unsigned n, unsigned max,
		       unsigned depth)
{
	*h = (struct ext3_extent_header){
		.eh_magic = EXT3_EXT_MAGIC, .eh_entries = (uint16_t)n,
		.eh_max = (uint16_t)max, .eh_depth = (uint16_t)depth,
	};
}

/*
 * N pieces of level DEPTH, the 0th are extents, behind the header H.  Entries
 * of both kinds are 12 bytes.
 */
static void set_entries(struct ext3_extent_header *h,
			const struct ext_piece *p, unsigned n, unsigned depth)
{
	struct ext3_extent *e = EXT_FIRST_EXTENT(h);
	struct ext3_extent_idx *i = EXT_FIRST_INDEX(h);

	for (unsigned k = 0; k < n && !depth; k++)
		e[k] = (struct ext3_extent){
			(uint32_t)p[k].logical, (uint16_t)p[k].len,
			(uint16_t)(p[k].physical >> 32),
			(uint32_t)p[k].physical };
	for (unsigned k = 0; k < n && depth; k++)
		i[k] = (struct ext3_extent_idx){
			(uint32_t)p[k].logical, (uint32_t)p[k].physical,
			(uint16_t)(p[k].physical >> 32), 0 };
}

/* One level into blocks; the pieces become those blocks. */
static int write_level(struct ext *x, ext2_ino_t ino, unsigned depth)
{
	union {
		struct ext3_extent_header h;
		uint8_t bytes[EXT_BLOCK];
	} b;
	size_t out = 0;

	for (size_t at = 0; at < x->n_pieces; at += PER_EXTENT_BLOCK) {
		size_t left = x->n_pieces - at;
		unsigned n = left < PER_EXTENT_BLOCK ? (unsigned)left :
			     PER_EXTENT_BLOCK;
		uint64_t logical = x->piece[at].logical, block;

		if (ext_blocks_one(x, &block))
			return -1;
		memset(&b, 0, sizeof(b));
		set_header(&b.h, n, PER_EXTENT_BLOCK, depth);
		set_entries(&b.h, x->piece + at, n, depth);
		if (x->fs)
			ext2fs_extent_block_csum_set(x->fs, ino, &b.h);
		if (x->fs && ext_out_put(x, block * EXT_BLOCK, &b, sizeof(b)))
			return -1;
		x->piece[out++] = (struct ext_piece){ logical, block, 1 };
	}
	x->n_pieces = out;
	return 0;
}

static int map_extents(struct ext *x, struct ext2_inode_large *i,
		       ext2_ino_t ino, uint64_t *blocks)
{
	struct ext3_extent_header *h = (void *)i->i_block;
	unsigned depth = 0;

	i->i_flags |= EXT4_EXTENTS_FL;
	for (; x->n_pieces > IN_INODE; depth++) {
		if (write_level(x, ino, depth))
			return -1;
		*blocks += x->n_pieces;
	}
	set_header(h, (unsigned)x->n_pieces, IN_INODE, depth);
	set_entries(h, x->piece, (unsigned)x->n_pieces, depth);
	return 0;
}

/* ---- indirect blocks ---- */

/* The block of numbers in work at each level; [0] holds numbers of data. */
struct indirect {
	struct ext *x;
	uint32_t *i_block;
	uint64_t blocks;
	unsigned depth;		/* of the map that the last block is in */
	struct {
		bool open;
		uint64_t at, key;	/* its place; which one it is */
		uint32_t number[PER_BLOCK];
	} level[3];
};

static int close_level(struct indirect *m, unsigned l)
{
	if (!m->level[l].open)
		return 0;
	m->level[l].open = false;
	if (!m->x->fs)
		return 0;
	return ext_out_put(m->x, m->level[l].at * EXT_BLOCK,
			   m->level[l].number, EXT_BLOCK);
}

/* Level L's block number KEY is wanted. */
static int open_level(struct indirect *m, unsigned l, uint64_t key)
{
	uint32_t *above;

	if (m->level[l].open && m->level[l].key == key)
		return 0;
	if (close_level(m, l))
		return -1;
	if (l + 1 < m->depth && open_level(m, l + 1, key / PER_BLOCK))
		return -1;
	if (ext_blocks_one(m->x, &m->level[l].at))
		return -1;
	memset(m->level[l].number, 0, sizeof(m->level[l].number));
	m->level[l].open = true;
	m->level[l].key = key;
	m->blocks++;
	above = l + 1 < m->depth ? &m->level[l + 1].number[key % PER_BLOCK] :
		&m->i_block[EXT2_IND_BLOCK - 1 + m->depth];
	*above = (uint32_t)m->level[l].at;
	return 0;
}

static int set_one(struct indirect *m, uint64_t logical, uint64_t physical)
{
	uint64_t span = PER_BLOCK, n = logical - EXT2_NDIR_BLOCKS;
	unsigned depth = 1;

	if (logical < EXT2_NDIR_BLOCKS) {
		m->i_block[logical] = (uint32_t)physical;
		return 0;
	}
	for (; n >= span; depth++, span *= PER_BLOCK)
		n -= span;
	for (unsigned l = 0; l < 3 && depth != m->depth; l++)
		if (close_level(m, l))
			return -1;
	m->depth = depth;
	if (open_level(m, 0, n / PER_BLOCK))
		return -1;
	m->level[0].number[n % PER_BLOCK] = (uint32_t)physical;
	return 0;
}

static int map_indirect(struct ext *x, struct ext2_inode_large *i,
			uint64_t *blocks)
{
	static struct indirect m;
	int err = 0;

	m = (struct indirect){ .x = x, .i_block = i->i_block };
	for (size_t p = 0; p < x->n_pieces; p++)
		for (uint64_t k = 0; !err && k < x->piece[p].len; k++)
			err = set_one(&m, x->piece[p].logical + k,
				      x->piece[p].physical + k);
	for (unsigned l = 0; !err && l < 3; l++)
		err = close_level(&m, l);
	*blocks += m.blocks;
	return err;
}

int ext_blocks_map(struct ext *x, struct ext2_inode_large *i, ext2_ino_t ino,
		   uint64_t *blocks)
{
	*blocks = 0;
	return x->extents ? map_extents(x, i, ino, blocks) :
	       map_indirect(x, i, blocks);
}
