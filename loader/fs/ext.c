/*
 * ext2, ext3 and ext4: mounting.  Reading needs neither the journal nor any
 * checksum, so an unclean file system is read as it is, and one that was cut as
 * far as it is there.  It does need every incompatible feature understood, and
 * says which one it does not know; features that concern single inodes are
 * known here, and such inodes refused by ext_inode.c.
 * Layout: Linux, Documentation/filesystems/ext4.
 */
#include "loader/fs/ext.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/fs/drivers.h"

#define SUPER_OFFSET 1024u
#define BLOCK_BITS_MAX 16u

#define INCOMPAT_KNOWN							\
	(EXT2_FEATURE_INCOMPAT_COMPRESSION |				\
	 EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_RECOVER | \
	 EXT2_FEATURE_INCOMPAT_META_BG | EXT3_FEATURE_INCOMPAT_EXTENTS | \
	 EXT4_FEATURE_INCOMPAT_64BIT | EXT4_FEATURE_INCOMPAT_MMP |	\
	 EXT4_FEATURE_INCOMPAT_FLEX_BG | EXT4_FEATURE_INCOMPAT_EA_INODE | \
	 EXT4_FEATURE_INCOMPAT_DIRDATA |				\
	 EXT4_FEATURE_INCOMPAT_CSUM_SEED | EXT4_FEATURE_INCOMPAT_LARGEDIR | \
	 EXT4_FEATURE_INCOMPAT_INLINE_DATA |				\
	 EXT4_FEATURE_INCOMPAT_ENCRYPT | EXT4_FEATURE_INCOMPAT_CASEFOLD)

int ext_pread(struct ext *e, uint64_t block, uint32_t in, size_t len, void *buf)
{
	if (!block || block >= e->blocks)
		return fail(ERR_FS_CORRUPT,
			    "ext4: block %lu is outside the file system",
			    block);
	return blk_pread(e->fs->blk, (block << e->block_bits) + in, len, buf);
}

int ext_load(struct ext *e, struct ext_block *b, uint64_t number)
{
	int err;

	if (number && b->number == number)
		return 0;
	b->number = 0;
	err = ext_pread(e, number, 0, ext_block_size(e), b->data);
	if (!err)
		b->number = number;
	return err;
}

static int check_features(uint32_t incompat)
{
	uint32_t unknown = incompat & ~INCOMPAT_KNOWN;
	uint32_t bit = unknown & -unknown;

	if (bit == EXT3_FEATURE_INCOMPAT_JOURNAL_DEV)
		return fail(ERR_FS_MOUNT, "ext4: a journal, no file system");
	return bit ? fail(ERR_FS_MOUNT, "ext4: feature 0x%x is not known to "
			  "this loader", bit) : 0;
}

static bool power_of_two(uint32_t n, uint32_t from, uint32_t to)
{
	return n >= from && n <= to && !(n & (n - 1));
}

/* Take over what reading needs, refuse what cannot be. */
static int check_super(struct ext *e, const struct ext2_super_block *s)
{
	uint32_t size = 1024u << (s->s_log_block_size & 31);

	e->compat = s->s_feature_compat;
	e->incompat = s->s_feature_incompat;
	e->ro_compat = s->s_feature_ro_compat;
	e->block_bits = 10 + s->s_log_block_size;
	e->blocks = s->s_blocks_count;
	e->inodes = s->s_inodes_count;
	e->inodes_per_group = s->s_inodes_per_group;
	e->blocks_per_group = s->s_blocks_per_group;
	e->first_block = s->s_first_data_block;
	e->inode_size = EXT2_INODE_SIZE(s);
	e->desc_size = EXT2_MIN_DESC_SIZE;
	e->first_meta_bg = s->s_first_meta_bg;
	e->backup_bgs[0] = s->s_backup_bgs[0];
	e->backup_bgs[1] = s->s_backup_bgs[1];
	if (e->incompat & EXT4_FEATURE_INCOMPAT_64BIT) {
		e->blocks |= (uint64_t)s->s_blocks_count_hi << 32;
		e->desc_size = s->s_desc_size;
	}
	if (s->s_log_block_size > BLOCK_BITS_MAX - 10 ||
	    !power_of_two(e->inode_size, EXT2_GOOD_OLD_INODE_SIZE, size) ||
	    !power_of_two(e->desc_size, EXT2_MIN_DESC_SIZE, size) ||
	    !e->blocks_per_group || !e->inodes_per_group || !e->blocks ||
	    e->blocks >> (63 - e->block_bits))
		return fail(ERR_FS_CORRUPT, "ext4: broken superblock");
	return 0;
}

static void describe(struct fs *fs, const struct ext2_super_block *s)
{
	size_t at = 0;

	fmt(fs->label, sizeof(fs->label), "%.*s",
	    (int)strnlen((const char *)s->s_volume_name, EXT2_LABEL_LEN),
	    (const char *)s->s_volume_name);
	for (unsigned i = 0; i < sizeof(s->s_uuid); i++)
		at += fmt(fs->uuid + at, sizeof(fs->uuid) - at, "%s%02x",
			  i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			  s->s_uuid[i]);
}

static int alloc_buffers(struct ext *e)
{
	e->map.data = arena_alloc(e->fs->arena, ext_block_size(e));
	e->dir.data = arena_alloc(e->fs->arena, ext_block_size(e));
	e->path = arena_alloc(e->fs->arena, EXT_PATH_MAX);
	return e->map.data && e->dir.data && e->path ? 0 : ERR_NO_MEMORY;
}

static int ext_mount(struct fs *fs)
{
	struct ext2_super_block super;
	struct ext *e;
	int err;

	_Static_assert(sizeof(super) == 1024, "ext2_super_block");
	if (blk_bytes(fs->blk) < SUPER_OFFSET + sizeof(super))
		return ERR_NOTMINE;
	err = blk_pread(fs->blk, SUPER_OFFSET, sizeof(super), &super);
	if (err)
		return err;
	if (super.s_magic != EXT2_SUPER_MAGIC)
		return ERR_NOTMINE;
	e = arena_alloc(fs->arena, sizeof(*e));
	if (!e)
		return ERR_NO_MEMORY;
	e->fs = fs;
	fs->priv = e;
	if ((err = check_features(super.s_feature_incompat)) ||
	    (err = check_super(e, &super)))
		return err;
	fs->bytes = e->blocks << e->block_bits;
	describe(fs, &super);
	return alloc_buffers(e);
}

static int ext_map(struct file *f, uint64_t off, struct extent *out)
{
	return ext_map_run(f->fs->priv, f->priv, off, out);
}

const struct fs_driver ext_driver = {
	.name = "ext4",
	.mount = ext_mount,
	.open = ext_open,
	.map = ext_map,
	.list = ext_dir_list,
};
