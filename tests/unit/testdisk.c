#include "tests/unit/unit.h"

#include "tests/unit/testdisk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/err.h"

static int read_sectors(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	struct testdisk *d = b->priv;
	size_t len = (size_t)n * b->sector;

	d->requests++;
	d->bytes += len;
	if (pread(d->fd, buf, len, (off_t)(lba * b->sector)) != (ssize_t)len)
		return fail(ERR_READ, "%s: sector %lu", b->name, lba);
	return 0;
}

static int write_sectors(struct blk *b, uint64_t lba, uint32_t n,
			 const void *buf)
{
	struct testdisk *d = b->priv;
	size_t len = (size_t)n * b->sector;

	if (pwrite(d->fd, buf, len, (off_t)(lba * b->sector)) != (ssize_t)len)
		return fail(ERR_WRITE, "%s: sector %lu", b->name, lba);
	return 0;
}

void testdisk_open(struct testdisk *d, const char *file, uint32_t sector)
{
	struct stat st;

	*d = (struct testdisk){ .fd = open(file, O_RDWR) };
	if (d->fd < 0)
		d->fd = open(file, O_RDONLY);
	if (d->fd < 0)
		perror(file);
	assert_true(d->fd >= 0);
	assert_int_equal(fstat(d->fd, &st), 0);
	d->blk = (struct blk){ .name = "hd0", .sector = sector,
			       .count = (uint64_t)st.st_size / sector,
			       .read = read_sectors, .write = write_sectors,
			       .priv = d };
}

void testdisk_close(struct testdisk *d)
{
	close(d->fd);
}

void testdisk_arena(struct arena *a, size_t size)
{
	*a = (struct arena){ malloc(size), size, 0 };
	assert_non_null(a->base);
}

char *testdisk_mkdir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir;

	assert_true(asprintf(&dir, "%s/twinboot-test-XXXXXX",
			     tmp ? tmp : "/tmp") > 0);
	assert_non_null(mkdtemp(dir));
	return dir;
}

void testdisk_rmdir(char *dir)
{
	testdisk_sh("/", "rm -rf '%s'", dir);
	free(dir);
}

void testdisk_sh(const char *dir, const char *command, ...)
{
	char *text, *all;
	va_list ap;
	int n, status;

	va_start(ap, command);
	n = vasprintf(&text, command, ap);
	va_end(ap);
	assert_true(n > 0);
	/* mke2fs and its like live in /sbin, which users do not search. */
	n = asprintf(&all, "PATH=$PATH:/usr/sbin:/sbin; cd '%s' || exit 1\n"
		     "out=$({ %s\n} 2>&1) || { echo \"$out\" >&2; exit 1; }",
		     dir, text);
	assert_true(n > 0);
	status = system(all);
	if (status)
		fprintf(stderr, "failed: %s\n", text);
	free(text);
	free(all);
	assert_int_equal(status, 0);
}
