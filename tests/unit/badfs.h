/* Copies of an image in memory, to be broken in one place each. */
#ifndef TESTS_UNIT_BADFS_H
#define TESTS_UNIT_BADFS_H

#include "loader/base/arena.h"
#include "loader/fs/fs.h"
#include "tests/memdisk.h"

struct badfs {
	struct memdisk disk;
	struct arena arena;
	struct fs fs;
	uint8_t *image;
};

/* Take DIR/IMAGE as the one that is copied; it stays until the next. */
void badfs_take(const char *dir, const char *image);
size_t badfs_size(void);

/* A copy, as a disk that ends after LEN bytes. */
void badfs_copy(struct badfs *b, size_t len);
void badfs_free(struct badfs *b);

/* Mount it as it is now; all that was opened before is void. */
int badfs_mount(struct badfs *b);

/* ERR must be CODE, its message contain TEXT; forgets the message. */
void badfs_expect(int err, int code, const char *text);

#endif
