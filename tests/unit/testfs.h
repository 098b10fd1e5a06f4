/*
 * A file system in an image file, mounted by the loader's own drivers, and
 * compared with the files on the host that it was made from.
 */
#ifndef TESTS_UNIT_TESTFS_H
#define TESTS_UNIT_TESTFS_H

#include "loader/base/arena.h"
#include "loader/fs/fs.h"
#include "tests/unit/testdisk.h"

struct testfs {
	struct testdisk disk;
	struct arena arena;
	struct fs fs;
};

/* DIR/IMAGE with sectors of SECTOR bytes; fs_mount()'s result. */
int testfs_open(struct testfs *t, const char *dir, const char *image,
		uint32_t sector);
/* The same; asserts that it mounts. */
void testfs_mount(struct testfs *t, const char *dir, const char *image,
		  uint32_t sector);
void testfs_unmount(struct testfs *t);

/* Open PATH; asserts that it is there. */
void testfs_find(struct testfs *t, const char *path, struct file *out);

/* Opening PATH must fail with CODE, its message containing TEXT. */
void testfs_refused(struct testfs *t, const char *path, int code,
		    const char *text);

/* The file PATH has exactly the bytes of the host's file DIR/NAME. */
void testfs_same_file(struct testfs *t, const char *path, const char *dir,
		      const char *name);

/*
 * The directory PATH has the names of the host's directory HOST (and
 * "lost+found"), and all regular files below have the same bytes.
 */
void testfs_same_tree(struct testfs *t, const char *path, const char *host);

#endif
