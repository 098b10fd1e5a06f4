/*
 * Preloaded into a program: the file CUT_FILE is a disk with a write cache, and
 * its power goes after CUT_AFTER writes (pwrite), when the next one or an fsync
 * comes.  What was written since the last fsync is then on the disk; with
 * CUT_REORDER set only the latest of it, with CUT_TORN=SEED some sectors of it.
 * With CUT_HALF set half of one more write is there, too.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE 4096

static struct {
	void *data;
	size_t len;
	off_t at;
} cache[CACHE];
static unsigned used;
static long left = -1;

static ssize_t real(int fd, const void *buf, size_t len, off_t at)
{
	static ssize_t (*call)(int, const void *, size_t, off_t);

	if (!call)
		*(void **)&call = dlsym(RTLD_NEXT, "pwrite");
	return call(fd, buf, len, at);
}

static int is_file(int fd)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(getenv("CUT_FILE"), &b) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void settle(int fd, unsigned first)
{
	for (unsigned i = first; i < used; i++)
		if (real(fd, cache[i].data, cache[i].len, cache[i].at) < 0)
			_exit(1);
	used = 0;
}

/* Each sector arrives, or does not. */
static void tear(int fd, unsigned seed)
{
	srand(seed);
	for (unsigned i = 0; i < used; i++)
		for (size_t n, off = 0; off < cache[i].len; off += n) {
			n = cache[i].len - off < 512 ? cache[i].len - off : 512;
			if (rand() & 1 &&
			    real(fd, (char *)cache[i].data + off, n,
				 cache[i].at + (off_t)off) < 0)
				_exit(1);
		}
	used = 0;
}

static void cut(int fd, const void *buf, size_t len, off_t at)
{
	if (getenv("CUT_TORN"))
		tear(fd, (unsigned)atol(getenv("CUT_TORN")));
	settle(fd, getenv("CUT_REORDER") && used ? used - 1 : 0);
	/* A disk writes whole sectors. */
	if (getenv("CUT_HALF"))
		real(fd, buf, len / 1024 * 512, at);
	_exit(137);
}

static int is_time(void)
{
	if (left < 0)
		left = atol(getenv("CUT_AFTER"));
	return !left;
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t at)
{
	if (!is_file(fd))
		return real(fd, buf, len, at);
	if (is_time() || used == CACHE)
		cut(fd, buf, len, at);
	left--;
	cache[used].data = malloc(len);
	memcpy(cache[used].data, buf, len);
	cache[used].len = len;
	cache[used++].at = at;
	return (ssize_t)len;
}

ssize_t pwrite64(int fd, const void *buf, size_t len, off_t at)
	__attribute__((alias("pwrite")));

int fsync(int fd)
{
	static int (*call)(int);

	if (!call)
		*(void **)&call = dlsym(RTLD_NEXT, "fsync");
	if (!is_file(fd))
		return call(fd);
	if (is_time())
		cut(fd, NULL, 0, 0);
	settle(fd, 0);
	return call(fd);
}
