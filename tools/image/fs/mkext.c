/*
 * An empty ext2/3/4 file system by libext2fs, as mke2fs would make it, and how
 * large it must be; ext_write.c fills it.  Every time and UUID is ours, so the
 * same tree gives the same bytes.
 */
#include "tools/image/fs/mkfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/image/fs/ext.h"
#include "tools/image/recipe/uuid.h"
#include "tools/image/tree/gate.h"
#include "tools/report.h"

#define JOURNAL_MIN 1024u	/* blocks: JBD2_MIN_JOURNAL_BLOCKS */
#define TRIES 64		/* until a size is found; few are needed */

/* What our reader reads, and Debian 12's kernels and GRUB as well. */
#define COMPAT (EXT2_FEATURE_COMPAT_EXT_ATTR | \
		EXT2_FEATURE_COMPAT_RESIZE_INODE | \
		EXT2_FEATURE_COMPAT_DIR_INDEX)
#define RO_COMPAT (EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | \
		   EXT2_FEATURE_RO_COMPAT_LARGE_FILE)
#define RO_COMPAT_4 (EXT4_FEATURE_RO_COMPAT_HUGE_FILE | \
		     EXT4_FEATURE_RO_COMPAT_DIR_NLINK | \
		     EXT4_FEATURE_RO_COMPAT_EXTRA_ISIZE | \
		     EXT4_FEATURE_RO_COMPAT_METADATA_CSUM)
#define INCOMPAT_4 (EXT3_FEATURE_INCOMPAT_EXTENTS | \
		    EXT4_FEATURE_INCOMPAT_64BIT | EXT4_FEATURE_INCOMPAT_FLEX_BG)

static int failed(errcode_t err)
{
	if (err == EXT2_ET_SHORT_WRITE)
		return report_error("no space left where the image is written");
	return report_error("root file system: %s", error_message(err));
}

/* A smaller one has no room for it, as with mke2fs. */
static uint64_t journal_blocks(enum recipe_fs fs, uint64_t blocks)
{
	if (fs == FS_EXT2 || blocks < 2 * JOURNAL_MIN)
		return 0;
	if (blocks < 256u << 8)
		return JOURNAL_MIN;
	return blocks < 1024u << 8 ? 4 * JOURNAL_MIN : 16 * JOURNAL_MIN;
}

static uint64_t inodes_for(const struct mkfs *m, const struct tree *t,
			   uint64_t blocks)
{
	uint64_t need = t->n_nodes + EXT2_GOOD_OLD_FIRST_INO;
	uint64_t more = need + need / 8 + 128;

	if (m->minimize)
		return need;
	return more > blocks / 4 ? more : blocks / 4;
}

/* Features and sizes; nothing in it is written yet. */
static errcode_t initialize(ext2_filsys *fs, const struct mkfs *m,
			    const struct tree *t, uint64_t blocks,
			    const char *file)
{
	struct ext2_super_block p = { 0 };
	bool ext4 = m->fs == FS_EXT4;
	errcode_t err;

	initialize_ext2_error_table();
	p.s_rev_level = EXT2_DYNAMIC_REV;
	p.s_log_block_size = p.s_log_cluster_size = 2;
	p.s_inode_size = (uint16_t)m->inode_size;
	p.s_inodes_count = (uint32_t)inodes_for(m, t, blocks);
	p.s_feature_compat = COMPAT;
	p.s_feature_incompat = EXT2_FEATURE_INCOMPAT_FILETYPE |
			       (ext4 ? INCOMPAT_4 : 0);
	p.s_feature_ro_compat = RO_COMPAT | (ext4 ? RO_COMPAT_4 : 0);
	if (m->inode_size == EXT2_GOOD_OLD_INODE_SIZE)
		p.s_feature_ro_compat &= ~EXT4_FEATURE_RO_COMPAT_EXTRA_ISIZE;
	p.s_log_groups_per_flex = ext4 ? 4 : 0;
	ext2fs_blocks_count_set(&p, blocks);
	err = ext2fs_initialize(file, EXT2_FLAG_64BITS, &p, unix_io_manager,
				fs);
	if (err)
		return err;
	(*fs)->super->s_checksum_type = ext4 ? EXT2_CRC32C_CHKSUM : 0;
	uuid_parse(m->uuid, (*fs)->super->s_uuid);
	ext2fs_init_csum_seed(*fs);
	err = ext2fs_allocate_tables(*fs);
	if (err)
		ext2fs_free(*fs);
	return err;
}

static void set_up_dry(struct ext *x, const struct mkfs *m)
{
	bool ext4 = m->fs == FS_EXT4;

	x->inode_size = m->inode_size;
	x->extents = x->csum = x->dir_nlink = x->huge = ext4;
	uuid_parse(m->uuid, (uint8_t *)x->hash_seed);
}

static void release(struct ext *x)
{
	free(x->free);
	free(x->piece);
	free(x->buf);
}

/* ---- how large ---- */

/* Blocks of a journal's map, and of the resize inode's. */
static uint64_t map_blocks(enum recipe_fs fs, uint64_t journal)
{
	uint64_t far = 12 + 1024, n = 1;

	if (fs == FS_EXT4 || journal <= 12)
		return n;
	n++;
	return journal > far ? n + 1 + (journal - far + 1023) / 1024 : n;
}

/* Blocks that a file system of BLOCKS has for a tree; 0: none. */
static uint64_t room_in(const struct mkfs *m, const struct tree *t,
			uint64_t blocks, uint64_t *pieces)
{
	uint64_t journal = journal_blocks(m->fs, blocks), room, less;
	struct ext x = { 0 };

	if (initialize(&x.fs, m, t, blocks, "/dev/null"))
		return 0;
	room = ext2fs_free_blocks_count(x.fs->super);
	ext_blocks_find(&x);
	*pieces = x.n_free;
	ext2fs_free(x.fs);
	release(&x);
	less = journal + map_blocks(m->fs, journal);
	return room > less ? room - less : 0;
}

uint64_t mkext_need(const struct mkfs *m, const struct tree *t)
{
	uint64_t blocks, need, room, pieces = 0;
	struct ext x = { 0 };

	set_up_dry(&x, m);
	if (ext_write(&x, t)) {
		release(&x);
		return 0;
	}
	need = x.used;
	release(&x);
	blocks = need + 64;
	if (blocks < m->size / EXT_BLOCK)
		blocks = m->size / EXT_BLOCK;
	for (unsigned i = 0; i < TRIES; i++) {
		room = room_in(m, t, blocks, &pieces);
		/* A file in two pieces may need one more block for its map. */
		if (room >= need + pieces + 1)
			return blocks * EXT_BLOCK;
		blocks += need + pieces + 1 - room;
	}
	report_error("no size found for the root file system");
	return 0;
}

/* ---- making it ---- */

int mkext_prepare(struct tree *t)
{
	struct tree_node *n = gate_lookup(t, "lost+found", false);

	if (n && S_ISDIR(n->mode))
		return 0;
	if (n)
		return report_error("/lost+found: in an ext file system it is "
				    "a directory");
	return gate_put(t, "lost+found",
			filetree_new_node(t, S_IFDIR | 0700)) ? 0 : -1;
}

/* Facts that mke2fs sets beyond ext2fs_initialize. */
static void set_super(ext2_filsys fs, const struct mkfs *m)
{
	struct ext2_super_block *s = fs->super;
	uint32_t now = (uint32_t)filetree_time();

	fs->now = filetree_time();
	fs->umask = 022;
	s->s_mkfs_time = s->s_lastcheck = s->s_wtime = now;
	s->s_max_mnt_count = -1;
	s->s_def_hash_version = EXT2_HASH_HALF_MD4;
	s->s_flags |= EXT2_FLAGS_SIGNED_HASH;
	memcpy(s->s_hash_seed, s->s_uuid, sizeof(s->s_hash_seed));
	s->s_default_mount_opts = EXT2_DEFM_XATTR_USER | EXT2_DEFM_ACL;
	if (m->label)
		strncpy((char *)s->s_volume_name, m->label,
			sizeof(s->s_volume_name));
	/* The image is zero where nothing was written. */
	for (dgrp_t g = 0; g < fs->group_desc_count; g++) {
		ext2fs_bg_flags_set(fs, g, EXT2_BG_INODE_ZEROED);
		ext2fs_group_desc_csum_set(fs, g);
	}
}

static errcode_t add_reserved(ext2_filsys fs, const struct mkfs *m)
{
	uint64_t blocks = ext2fs_blocks_count(fs->super);
	struct ext2fs_journal_params j = {
		.num_journal_blocks = (blk_t)journal_blocks(m->fs, blocks),
	};
	errcode_t err;

	for (ext2_ino_t i = 1; i < EXT2_FIRST_INODE(fs->super); i++)
		if (i != EXT2_ROOT_INO)
			ext2fs_inode_alloc_stats2(fs, i, 1, 0);
	ext2fs_mark_ib_dirty(fs);
	err = ext2fs_create_resize_inode(fs);
	if (!err && j.num_journal_blocks)
		err = ext2fs_add_journal_inode3(fs, &j, 0,
						EXT2_MKJOURNAL_LAZYINIT |
						EXT2_MKJOURNAL_NO_MNT_CHECK);
	if (!j.num_journal_blocks && m->fs != FS_EXT2)
		report_note("the root file system has no journal: it is "
			    "smaller than 8 MiB");
	/* What lies in its cache would overwrite what ext_write puts there. */
	return err ? err : io_channel_flush(fs->io);
}

static int fill(struct ext *x, const struct mkfs *m, const struct tree *t)
{
	char where[40];
	errcode_t err;

	snprintf(where, sizeof(where), "offset=%lu", m->offset);
	err = io_channel_set_options(x->fs->io, where);
	if (!err) {
		set_super(x->fs, m);
		err = add_reserved(x->fs, m);
	}
	if (err)
		return failed(err);
	return ext_blocks_find(x) ? -1 : ext_write(x, t);
}

int mkext_write(const struct mkfs *m, const struct tree *t)
{
	struct ext x = { .fd = m->fd, .offset = m->offset };
	errcode_t err = initialize(&x.fs, m, t, m->size / EXT_BLOCK, m->image);
	int ret;

	if (err)
		return failed(err);
	set_up_dry(&x, m);
	ret = fill(&x, m, t);
	release(&x);
	if (ret) {
		x.fs->flags &= ~(EXT2_FLAG_DIRTY | EXT2_FLAG_CHANGED);
		ext2fs_free(x.fs);
		return ret;
	}
	err = ext2fs_close_free(&x.fs);
	return err ? failed(err) : 0;
}
