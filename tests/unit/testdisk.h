/*
 * A disk for tests: a file on the host behind a struct blk (for bytes in
 * memory see tests/memdisk.h); and a temporary directory with what shell
 * commands put into it.
 */
#ifndef TESTS_UNIT_TESTDISK_H
#define TESTS_UNIT_TESTDISK_H

#include <stddef.h>
#include <stdint.h>

#include "loader/base/arena.h"
#include "loader/disk/blk.h"

struct testdisk {
	struct blk blk;
	int fd;
	uint64_t requests, bytes;	/* what was read so far */
};

/*
 * Open FILE, also for writing if that may be, as a disk with sectors of SECTOR
 * bytes; the last sector may be partial and is left out.  Asserts that it can
 * be opened.
 */
void testdisk_open(struct testdisk *d, const char *file, uint32_t sector);
void testdisk_close(struct testdisk *d);

/* A fresh arena of SIZE bytes; free(a->base) gives it back. */
void testdisk_arena(struct arena *a, size_t size);

/* A new directory under $TMPDIR; its name, to be given to testdisk_rmdir(). */
char *testdisk_mkdir(void);
void testdisk_rmdir(char *dir);

/*
 * Run a shell command (printf-like) in DIR.  Asserts that it ends with 0;
 * its output is shown when it does not.
 */
void testdisk_sh(const char *dir, const char *command, ...)
	__attribute__((format(printf, 2, 3)));

#endif
