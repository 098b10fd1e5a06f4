/*
 * Preloaded into a program: power goes after CUT_AFTER writes (pwrite) to the
 * file CUT_FILE; with CUT_HALF set, half of one more is on the disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t (*real)(int, const void *, size_t, off_t);

static int is_file(int fd)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(getenv("CUT_FILE"), &b) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t at)
{
	static long left = -1;

	if (!real) {
		*(void **)&real = dlsym(RTLD_NEXT, "pwrite");
		left = atol(getenv("CUT_AFTER"));
	}
	if (!is_file(fd) || left-- > 0)
		return real(fd, buf, len, at);
	/* A disk writes whole sectors. */
	if (getenv("CUT_HALF"))
		real(fd, buf, len / 1024 * 512, at);
	_exit(137);
}

ssize_t pwrite64(int fd, const void *buf, size_t len, off_t at)
	__attribute__((alias("pwrite")));
