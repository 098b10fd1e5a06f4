/*
 * An ext2/3/4 file system while it is filled.  Blocks are handed out in rising
 * order and written once, so that the image is written as one stream.  A dry
 * run does everything but write: it learns how many blocks a tree needs.
 */
#ifndef TOOLS_IMAGE_FS_EXT_H
#define TOOLS_IMAGE_FS_EXT_H

#include <ext2fs/ext2fs.h>
#include <stdbool.h>

#include "tools/image/tree/filetree.h"

#define EXT_BLOCK 4096u

/* LEN blocks of a file from its block LOGICAL on lie at PHYSICAL. */
struct ext_piece {
	uint64_t logical, physical, len;
};

struct ext_free {
	uint64_t start, len;
};

struct ext {
	ext2_filsys fs;		/* NULL: a dry run */
	int fd;
	uint64_t offset;	/* of block 0 in FD */
	bool extents, csum, dir_nlink, huge;
	uint32_t inode_size;	/* 128 or 256 */
	uint32_t hash_seed[4];
	/* ext_blocks.c */
	struct ext_free *free;
	size_t n_free, at_free;	/* the one in use ... */
	uint64_t in_free;	/* ... and how much of it is used */
	uint64_t used;		/* blocks handed out */
	struct ext_piece *piece;	/* of the file at hand */
	size_t n_pieces, max_pieces;
	/* ext_out.c */
	uint8_t *buf;		/* bytes that go to OUT */
	uint64_t out;
	size_t held;
};

static inline ext2_ino_t ext_ino(const struct tree_node *n)
{
	return n->number ? EXT2_GOOD_OLD_FIRST_INO - 1 + n->number :
	       EXT2_ROOT_INO;
}

/* ---- ext_blocks.c: all 0, or -1 with an error reported ---- */

/* What is free in x->fs. */
int ext_blocks_find(struct ext *x);
/* N blocks at LOGICAL of the file at hand, which began with n_pieces 0. */
int ext_blocks_take(struct ext *x, uint64_t logical, uint64_t n);
/* One block that is no part of a file's contents. */
int ext_blocks_one(struct ext *x, uint64_t *block);
/* I's block map: the pieces.  *BLOCKS: what the map takes itself. */
int ext_blocks_map(struct ext *x, struct ext2_inode_large *i, ext2_ino_t ino,
		   uint64_t *blocks);
/* Tell x->fs what was taken. */
void ext_blocks_account(struct ext *x);

/* ---- ext_out.c ---- */

/* Room for *LEN bytes or fewer at byte AT of the file system; NULL reported. */
uint8_t *ext_out_room(struct ext *x, uint64_t at, size_t *len);
/* LEN bytes of that room were filled. */
void ext_out_filled(struct ext *x, size_t len);
int ext_out_put(struct ext *x, uint64_t at, const void *p, size_t len);
int ext_out_flush(struct ext *x);
/*
 * LEN bytes from FROM of FD to AT by the kernel alone: how many, 0 when it
 * cannot or there are none.
 */
uint64_t ext_out_copy(struct ext *x, uint64_t at, int fd, uint64_t from,
		      uint64_t len);

/* ---- ext_dir.c ---- */

/* Write the directory D; its pieces and *SIZE and whether it is *INDEXED. */
int ext_dir_write(struct ext *x, const struct tree_node *d, uint32_t min_blocks,
		  const char *path, uint64_t *size, bool *indexed);

/* ---- ext_xattr.c ---- */

#define EXT_IBODY 96u		/* bytes behind the fields of an inode */

struct ext_xattrs {
	bool in_body, in_block;	/* which of these says anything */
	uint8_t body[EXT_IBODY];
	uint8_t block[EXT_BLOCK];
};
/* In the inode, too, if IN_INODE.  NULL, or why they cannot be had. */
const char *ext_xattr_pack(struct ext_xattrs *to, const struct tree_node *n,
			   bool in_inode);

/* ---- ext_write.c ---- */

/* Put T into X; a dry run also says what ext cannot hold. */
int ext_write(struct ext *x, const struct tree *t);

#endif
