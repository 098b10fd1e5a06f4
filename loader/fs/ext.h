/*
 * ext2/3/4: what the parts of the reader share.
 *   ext.c        mounting: superblock, features
 *   ext_inode.c  from an inode number to an inode, inline data
 *   ext_map.c    from a file offset to a run on the disk
 *   ext_dir.c    names in a directory
 *   ext_open.c   paths and symbolic links
 */
#ifndef LOADER_FS_EXT_H
#define LOADER_FS_EXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ext2fs/ext2_fs.h>

#include "loader/base/span.h"
#include "loader/fs/fs.h"

#define EXT_PATH_MAX 4096u	/* bytes, as Linux' PATH_MAX */
#define EXT_LINKS_MAX 40u	/* symbolic links in one path, as in Linux */

/* One block of the file system in memory. */
struct ext_block {
	uint64_t number;	/* 0: nothing yet */
	uint8_t *data;
};

struct ext {
	struct fs *fs;
	uint32_t block_bits;
	uint64_t blocks;
	uint32_t inodes, inodes_per_group, blocks_per_group, first_block;
	uint32_t inode_size, desc_size;
	uint32_t compat, incompat, ro_compat;
	uint32_t first_meta_bg, backup_bgs[2];
	struct ext_block map, dir;	/* a map's node, a directory's block */
	char *path;		/* EXT_PATH_MAX, for symbolic links */
};

/* Blocks first..end-1 of a file, in a row on the disk from PHYS; 0: a hole. */
struct ext_piece {
	uint64_t first, end, phys;
};

#define EXT_IN_INODE UINT64_MAX

struct ext_inode {
	uint32_t number;
	uint16_t mode;		/* S_ISREG() and its like */
	uint32_t flags;
	uint64_t size;		/* bytes */
	uint32_t i_block[EXT2_N_BLOCKS];
	uint8_t *inline_data;	/* size bytes, NULL when it has blocks */
	/* The map's leaf used last; it speaks for blocks lo..hi-1. */
	struct {
		uint64_t lo, hi;
		uint64_t block;	/* 0: a hole; EXT_IN_INODE: i_block */
	} leaf;
	struct ext_piece piece;	/* the one used last */
};

static inline uint32_t ext_block_size(const struct ext *e)
{
	return 1u << e->block_bits;
}

/* LEN bytes at byte IN of BLOCK.  ERR_FS_CORRUPT outside the file system. */
int ext_pread(struct ext *e, uint64_t block, uint32_t in, size_t len,
	      void *buf);

/* Make B hold block NUMBER. */
int ext_load(struct ext *e, struct ext_block *b, uint64_t number);

/*
 * Inode NUMBER.  Inline data is put into fs->arena: release to a mark taken
 * before to be rid of it.
 */
int ext_inode_load(struct ext *e, uint32_t number, struct ext_inode *out);

/* Where byte OFF (< size) of I lies; as fs_driver.map. */
int ext_map_run(struct ext *e, struct ext_inode *i, uint64_t off,
		struct extent *out);

/* The inode number of NAME in DIR, "." and ".." included; 0: no such name. */
int ext_dir_lookup(struct ext *e, struct ext_inode *dir, const char *name,
		   size_t len, uint32_t *number);

/* fs_driver.list and fs_driver.open */
int ext_dir_list(struct file *dir, fs_list_fn *each, void *ctx);
int ext_open(struct fs *fs, const char *path, struct file *out);

#endif
