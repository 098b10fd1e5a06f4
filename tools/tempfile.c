/*
 * O_TMPFILE gives a file without a name.  Programs that must be told a name
 * (libext2fs, mtools, QEMU) get one in /proc, which no syntax of theirs can
 * misread.
 */
#include "tools/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tools/report.h"

const char *tempfile_dir(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && dir[0] ? dir : "/tmp";
}

static int open_nameless(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL, 0600);
	char name[4096];

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	/* A file system that cannot: the name lives for a moment. */
	snprintf(name, sizeof(name), "%s/twinboot-XXXXXX", dir);
	fd = mkstemp(name);
	if (fd >= 0)
		unlink(name);
	return fd;
}

int tempfile_open(const char *dir)
{
	int fd;

	if (!dir)
		dir = tempfile_dir();
	fd = open_nameless(dir);
	return fd >= 0 ? fd : report_errno("no temporary file in %s", dir);
}

static bool is_zero(const uint8_t *p, size_t len)
{
	return !len || (!p[0] && !memcmp(p, p + 1, len - 1));
}

/* Where it gets full the first write is short: the next has an errno. */
int tempfile_write(int fd, uint64_t off, const void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(fd, (const char *)buf + done, len - done,
				   (off_t)(off + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

int tempfile_put(int fd, uint64_t off, const void *buf, size_t len)
{
	return is_zero(buf, len) ? 0 : tempfile_write(fd, off, buf, len);
}

int tempfile_room(int fd, uint64_t need, const char *name, const char *what)
{
	struct statvfs fs;
	uint64_t room;

	/* Some file systems do not say. */
	if (fstatvfs(fd, &fs) || !fs.f_blocks)
		return 0;
	room = (uint64_t)(geteuid() ? fs.f_bavail : fs.f_bfree) * fs.f_frsize;
	if (need <= room)
		return 0;
	return report_error("%s: no space left: %s needs %lu bytes, %lu are "
			    "free", name, what, need, room);
}

void tempfile_name(int fd, char name[32])
{
	snprintf(name, 32, "/proc/self/fd/%d", fd);
}
