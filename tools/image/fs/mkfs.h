/*
 * File systems written into a part of the image file, without mounting.
 */
#ifndef TOOLS_IMAGE_FS_MKFS_H
#define TOOLS_IMAGE_FS_MKFS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/image/recipe/recipe.h"
#include "tools/image/tree/filetree.h"

struct mkfs {
	const char *image;	/* the file; its bytes there are zero */
	const char *name;	/* what the user calls it */
	int fd;			/* the same, open */
	uint64_t offset, size;	/* bytes */
	uint32_t sector;
	uint32_t inode_size;	/* ext: 128 or 256 */
	enum recipe_fs fs;
	const char *uuid, *label;	/* label may be NULL */
	bool minimize;		/* no more inodes than needed */
};

/* Both: 0, or -1 with an error reported. */
int mkext_write(const struct mkfs *m, const struct tree *t);
int mkfat_write(const struct mkfs *m, const struct tree *t);

/*
 * Bytes that a file system with T in it needs, at least M's size; its fs,
 * uuid and minimize are M's, too.  0 with an error reported when it cannot
 * hold T at all.
 */
uint64_t mkext_need(const struct mkfs *m, const struct tree *t);
uint64_t mkfat_need(const struct mkfs *m, const struct tree *t);

/*
 * Run one of mtools, whose times are filetree_time(), on an image that the user
 * calls NAME.  0, or -1 reported.
 */
int mkfat_mtool(const char *name, const char *const *argv);

/* Before filetree_finish: what every ext file system has. */
int mkext_prepare(struct tree *t);

#endif
