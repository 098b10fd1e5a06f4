/*
 * From an inode number to an inode: group descriptors wherever meta_bg and
 * flex_bg put them, and the data that inline_data keeps in the inode itself.
 */
#include "loader/fs/ext.h"

#include <string.h>
#include <sys/stat.h>

#include <ext2fs/ext2_ext_attr.h>

#include "loader/base/err.h"

#define DIR_BYTES_MAX (256u << 20)	/* of a directory: our limit */

static bool is_power_of(uint32_t n, uint32_t base)
{
	uint64_t p = base;

	while (p < n)
		p *= base;
	return p == n;
}

/* Does GROUP begin with a copy of the superblock? */
static bool has_super(const struct ext *e, uint32_t group)
{
	if (group == 0)
		return true;
	if (e->compat & EXT4_FEATURE_COMPAT_SPARSE_SUPER2)
		return group == e->backup_bgs[0] || group == e->backup_bgs[1];
	if (!(e->ro_compat & EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER))
		return true;
	return group == 1 || is_power_of(group, 3) || is_power_of(group, 5) ||
	       is_power_of(group, 7);
}

/* The block with descriptor block NR. */
static uint64_t desc_block(const struct ext *e, uint32_t nr, uint32_t per_block)
{
	uint64_t super = e->block_bits == 10;
	uint64_t group = (uint64_t)nr * per_block;

	if (!(e->incompat & EXT2_FEATURE_INCOMPAT_META_BG) ||
	    nr < e->first_meta_bg)
		return super + 1 + nr;
	if (nr == 0)
		return super + 1;
	return e->first_block + group * e->blocks_per_group +
	       has_super(e, (uint32_t)group);
}

static int inode_table(struct ext *e, uint32_t group, uint64_t *block)
{
	struct ext4_group_desc d = { 0 };
	uint32_t per_block = ext_block_size(e) / e->desc_size;
	int err = ext_pread(e, desc_block(e, group / per_block, per_block),
			    group % per_block * e->desc_size,
			    e->desc_size < sizeof(d) ? e->desc_size : sizeof(d),
			    &d);

	*block = d.bg_inode_table | (uint64_t)d.bg_inode_table_hi << 32;
	return err;
}

/* The value of "system.data" in the attributes behind the inode RAW. */
static struct span system_data(const struct ext *e, const uint8_t *raw)
{
	const struct ext2_inode_large *i = (const void *)raw;
	struct span all = span_of(raw, e->inode_size), entries;
	uint32_t at = 4;
	size_t start;

	if (e->inode_size <= EXT2_GOOD_OLD_INODE_SIZE)
		return span_of(NULL, 0);
	start = EXT2_GOOD_OLD_INODE_SIZE + i->i_extra_isize;
	if (span_u32(&all, start) != EXT2_EXT_ATTR_MAGIC)
		return span_of(NULL, 0);
	/* Offsets of values count from the first entry. */
	entries = span_sub(&all, start + 4, e->inode_size - start - 4);
	at = 0;
	while (span_u32(&entries, at)) {
		uint8_t name_len = span_u8(&entries, at);
		const uint8_t *name = span_at(&entries, at +
			sizeof(struct ext2_ext_attr_entry), name_len);

		if (name && span_u8(&entries, at + 1) == 7 && name_len == 4 &&
		    !memcmp(name, "data", 4) && !span_u32(&entries, at + 4))
			return span_sub(&entries, span_u16(&entries, at + 2),
					span_u32(&entries, at + 8));
		at += EXT2_EXT_ATTR_LEN(name_len);
	}
	return span_of(NULL, 0);
}

/* The first 60 bytes are where block pointers would be, the rest follows. */
static int load_inline(struct ext *e, uint64_t table_off, struct ext_inode *out)
{
	const size_t head = sizeof(out->i_block);
	uint8_t *raw = arena_alloc(e->fs->arena, e->inode_size);
	struct span rest;
	int err;

	if (!raw)
		return ERR_NO_MEMORY;
	err = blk_pread(e->fs->blk, table_off, e->inode_size, raw);
	if (err)
		return err;
	rest = system_data(e, raw);
	if (rest.bad || out->size > head + rest.len)
		return fail(ERR_FS_CORRUPT, "ext4: inline data of inode %u",
			    out->number);
	out->inline_data = arena_alloc(e->fs->arena, head + rest.len);
	if (!out->inline_data)
		return ERR_NO_MEMORY;
	memcpy(out->inline_data, out->i_block, head);
	if (rest.len)
		memcpy(out->inline_data + head, rest.p, rest.len);
	return 0;
}

static int check_size(struct ext *e, const struct ext_inode *i)
{
	uint64_t max = (uint64_t)UINT32_MAX << e->block_bits;
	bool is_dir = S_ISDIR(i->mode) && !(i->flags & EXT4_INLINE_DATA_FL);

	if (is_dir && i->size > DIR_BYTES_MAX && i->size <= max)
		return fail(ERR_FILE_LENGTH, "ext4: directory of %lu bytes in "
			    "inode %u: this loader reads %u", i->size,
			    i->number, DIR_BYTES_MAX);
	if (i->size <= max && !(is_dir && i->size & (ext_block_size(e) - 1)))
		return 0;
	return fail(ERR_FS_CORRUPT, "ext4: size %lu of inode %u", i->size,
		    i->number);
}

/* What the features of single inodes do to this one. */
static int check_flags(const struct ext *e, const struct ext_inode *i)
{
	const char *what = NULL;

	if (i->flags & EXT4_ENCRYPT_FL)
		what = "encrypted";
	else if (i->flags & EXT2_COMPRBLK_FL &&
		 e->incompat & EXT2_FEATURE_INCOMPAT_COMPRESSION)
		what = "compressed";
	return what ? fail(ERR_FILE_LENGTH, "ext4: inode %u is %s, which this "
			   "loader cannot read", i->number, what) : 0;
}

static void take(const struct ext2_inode *raw, uint32_t number,
		 struct ext_inode *out)
{
	*out = (struct ext_inode){ .number = number, .mode = raw->i_mode,
				   .flags = raw->i_flags,
				   .size = raw->i_size };
	if (!S_ISDIR(out->mode))	/* i_dir_acl in old directories */
		out->size |= (uint64_t)raw->i_size_high << 32;
	memcpy(out->i_block, raw->i_block, sizeof(out->i_block));
}

int ext_inode_load(struct ext *e, uint32_t number, struct ext_inode *out)
{
	struct ext2_inode raw;
	uint64_t table, block, at;
	uint32_t index;
	int err;

	_Static_assert(sizeof(raw) == EXT2_GOOD_OLD_INODE_SIZE, "ext2_inode");
	if (!number || number > e->inodes)
		return fail(ERR_FS_CORRUPT, "ext4: no inode %u", number);
	index = (number - 1) % e->inodes_per_group;
	err = inode_table(e, (number - 1) / e->inodes_per_group, &table);
	if (err)
		return err;
	at = (uint64_t)index * e->inode_size;
	block = table + (at >> e->block_bits);
	at &= ext_block_size(e) - 1;
	err = ext_pread(e, block, (uint32_t)at, sizeof(raw), &raw);
	if (err)
		return err;
	take(&raw, number, out);
	err = check_flags(e, out);
	if (!err)
		err = check_size(e, out);
	if (!err && (out->flags & EXT4_INLINE_DATA_FL))
		err = load_inline(e, (block << e->block_bits) + at, out);
	return err;
}
