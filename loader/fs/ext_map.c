/*
 * From an offset in a file to a run of bytes on the disk, for both kinds of
 * map.  Walking down ends at a leaf: an array of extents or of block numbers,
 * in the inode or in a block.  The inode remembers the leaf and what was found
 * in it, so that reading on costs one search and no walk.
 */
#include "loader/fs/ext.h"

#include <ext2fs/ext3_extents.h>

#include "loader/base/err.h"

#define DEPTH_MAX 5u		/* of an extent tree, as in Linux */
#define LBLK_END (1ull << 32)	/* block numbers within a file are 32-bit */

static int corrupt(const struct ext_inode *i)
{
	return fail(ERR_FS_CORRUPT, "ext4: block map of inode %u", i->number);
}

static void set_leaf(struct ext_inode *i, uint64_t lo, uint64_t hi,
		     uint64_t block)
{
	i->leaf.lo = lo;
	i->leaf.hi = hi;
	i->leaf.block = block;
}

/* ---- extents ------------------------------------------------------------- */

/* The node in BLOCK (or in the inode), its header checked. */
static int extent_node(struct ext *e, struct ext_inode *i, uint64_t block,
		       const struct ext3_extent_header **out)
{
	const struct ext3_extent_header *h = (const void *)i->i_block;
	size_t room = sizeof(i->i_block);

	if (block != EXT_IN_INODE) {
		int err = ext_load(e, &e->map, block);

		if (err)
			return err;
		h = (const void *)e->map.data;
		room = ext_block_size(e);
	}
	if (h->eh_magic != EXT3_EXT_MAGIC || h->eh_depth > DEPTH_MAX ||
	    h->eh_entries > (room - sizeof(*h)) / sizeof(struct ext3_extent))
		return corrupt(i);
	*out = h;
	return 0;
}

/*
 * The last entry that begins at or before LBLK, or -1.  Extents and indexes
 * have the same size and begin with their first logical block.
 */
static int find_entry(const struct ext3_extent_header *h, uint64_t lblk)
{
	const struct ext3_extent *x = EXT_FIRST_EXTENT(h);
	int lo = 0, hi = h->eh_entries;

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (x[mid].ee_block <= lblk)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - 1;
}

static int extent_leaf(struct ext *e, struct ext_inode *i, uint64_t lblk)
{
	const struct ext3_extent_header *h = NULL;
	uint64_t lo = 0, hi = LBLK_END, block = EXT_IN_INODE;
	int err = extent_node(e, i, block, &h);

	while (!err && h->eh_depth) {
		const struct ext3_extent_idx *x = EXT_FIRST_INDEX(h);
		unsigned depth = h->eh_depth;
		int n = find_entry(h, lblk);

		if (n + 1 < h->eh_entries && x[n + 1].ei_block < hi)
			hi = x[n + 1].ei_block;
		if (n < 0) {
			block = 0;
			break;
		}
		lo = x[n].ei_block;
		block = x[n].ei_leaf | (uint64_t)x[n].ei_leaf_hi << 32;
		err = extent_node(e, i, block, &h);
		if (!err && h->eh_depth != depth - 1)
			err = corrupt(i);
	}
	if (!err)
		set_leaf(i, lo, hi, block);
	return err;
}

static int extent_piece(struct ext *e, struct ext_inode *i, uint64_t lblk,
			struct ext_piece *out)
{
	const struct ext3_extent_header *h;
	const struct ext3_extent *x;
	int n, err = extent_node(e, i, i->leaf.block, &h);
	uint64_t end, phys;

	if (err)
		return err;
	x = EXT_FIRST_EXTENT(h);
	n = find_entry(h, lblk);
	*out = (struct ext_piece){ lblk, i->leaf.hi, 0 };
	if (n + 1 < h->eh_entries && x[n + 1].ee_block < out->end)
		out->end = x[n + 1].ee_block;
	if (n < 0)
		return 0;
	/* More than EXT_INIT_MAX_LEN: allocated, but reads as zeroes. */
	end = x[n].ee_block + (x[n].ee_len & (EXT_INIT_MAX_LEN - 1));
	if (x[n].ee_len == EXT_INIT_MAX_LEN)
		end = x[n].ee_block + EXT_INIT_MAX_LEN;
	if (lblk >= end)
		return 0;
	if (end < out->end)
		out->end = end;
	phys = x[n].ee_start | (uint64_t)x[n].ee_start_hi << 32;
	if (x[n].ee_len > EXT_INIT_MAX_LEN)
		return 0;
	if (!phys || phys > e->blocks || end - x[n].ee_block > e->blocks - phys)
		return corrupt(i);
	out->phys = phys + (lblk - x[n].ee_block);
	return 0;
}

/* ---- block numbers, direct and indirect ---------------------------------- */

/* The leaf for LBLK below BLOCK, LEVEL steps up, whose first block is LO. */
static int indirect_leaf(struct ext *e, struct ext_inode *i, uint64_t lblk,
			 uint64_t lo, unsigned level, uint64_t block)
{
	unsigned bits = e->block_bits - 2;	/* 4 bytes a number */

	for (; level > 1 && block; level--) {
		uint64_t n = (lblk - lo) >> bits * (level - 1);
		int err = ext_load(e, &e->map, block);

		if (err)
			return err;
		block = ((const uint32_t *)e->map.data)[n];
		lo += n << bits * (level - 1);
	}
	set_leaf(i, lo, lo + (1ull << bits * level), block);
	return 0;
}

static int block_leaf(struct ext *e, struct ext_inode *i, uint64_t lblk)
{
	uint64_t lo = EXT2_NDIR_BLOCKS;

	if (lblk < lo) {
		set_leaf(i, 0, lo, EXT_IN_INODE);
		return 0;
	}
	for (unsigned level = 1; level <= 3; level++) {
		uint64_t n = 1ull << (e->block_bits - 2) * level;

		if (lblk - lo < n)
			return indirect_leaf(e, i, lblk, lo, level,
					     i->i_block[EXT2_NDIR_BLOCKS +
							level - 1]);
		lo += n;
	}
	return corrupt(i);
}

static int block_piece(struct ext *e, struct ext_inode *i, uint64_t lblk,
		       struct ext_piece *out)
{
	const uint32_t *at = i->i_block;
	uint32_t n = 1, left = (uint32_t)(i->leaf.hi - lblk);

	if (i->leaf.block != EXT_IN_INODE) {
		int err = ext_load(e, &e->map, i->leaf.block);

		if (err)
			return err;
		at = (const uint32_t *)e->map.data;
	}
	at += lblk - i->leaf.lo;
	if (*at)
		while (n < left && at[n] == *at + n)
			n++;
	else
		while (n < left && !at[n])
			n++;
	if (*at && (*at >= e->blocks || n > e->blocks - *at))
		return corrupt(i);
	*out = (struct ext_piece){ lblk, lblk + n, *at };
	return 0;
}

/* ---- both ---------------------------------------------------------------- */

static int find_piece(struct ext *e, struct ext_inode *i, uint64_t lblk)
{
	bool extents = i->flags & EXT4_EXTENTS_FL;
	struct ext_piece p;
	int err = 0;

	if (lblk < i->leaf.lo || lblk >= i->leaf.hi)
		err = extents ? extent_leaf(e, i, lblk) :
				block_leaf(e, i, lblk);
	if (err)
		return err;
	p = (struct ext_piece){ lblk, i->leaf.hi, 0 };
	if (i->leaf.block)
		err = extents ? extent_piece(e, i, lblk, &p) :
				block_piece(e, i, lblk, &p);
	if (!err)
		i->piece = p;
	return err;
}

int ext_map_run(struct ext *e, struct ext_inode *i, uint64_t off,
		struct extent *out)
{
	uint64_t lblk = off >> e->block_bits;
	uint64_t in = off & (ext_block_size(e) - 1);

	if (i->inline_data) {
		*out = (struct extent){ .kind = EXTENT_MEM,
					.len = i->size - off,
				     .mem = i->inline_data + off };
		return 0;
	}
	if (lblk < i->piece.first || lblk >= i->piece.end) {
		int err = find_piece(e, i, lblk);

		if (err)
			return err;
	}
	*out = (struct extent){ .kind = i->piece.phys ? EXTENT_DISK
						      : EXTENT_HOLE };
	out->len = ((i->piece.end - lblk) << e->block_bits) - in;
	if (i->piece.phys)
		out->disk = ((i->piece.phys + lblk - i->piece.first) <<
			     e->block_bits) + in;
	return 0;
}
