/*
 * Copying an image.  O_TMPFILE gives a file without a name; what must be given
 * a name (libext2fs, mtools, QEMU) gets /proc/self/fd/N, which is the same file
 * in a child that inherits N.
 */
#include "tools/change/imagecopy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/proc.h"
#include "tools/report.h"

#define CHUNK (1u << 20)
#define QCOW2_SIZE 24	/* docs/interop/qcow2.txt: size, big-endian */

static const char *temp_dir(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && dir[0] ? dir : "/tmp";
}

static int open_nameless(void)
{
	int fd = open(temp_dir(), O_TMPFILE | O_RDWR | O_EXCL, 0600);
	char name[4096];

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	/* A file system that cannot: the name lives for a moment. */
	snprintf(name, sizeof(name), "%s/twinboot-XXXXXX", temp_dir());
	fd = mkstemp(name);
	if (fd >= 0)
		unlink(name);
	return fd;
}

static bool is_zero(const uint8_t *p, size_t len)
{
	return !p[0] && !memcmp(p, p + 1, len - 1);
}

/* Bytes AT to END; what is zero becomes a hole. */
static int copy_stretch(int in, int out, off_t at, off_t end, off_t size)
{
	static uint8_t buf[CHUNK];

	while (at < end) {
		size_t want = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		ssize_t n = pread(in, buf, want, at);

		if (n <= 0) {
			errno = n ? errno : EIO;
			return -1;
		}
		if (!is_zero(buf, (size_t)n) &&
		    pwrite(out, buf, (size_t)n, at) != n)
			return -1;
		at += n;
		report_progress("copying the image", (uint64_t)at,
				(uint64_t)size);
	}
	return 0;
}

/* 0, or -1 with errno. */
static int copy_all(int in, int out)
{
	off_t size = lseek(in, 0, SEEK_END), at = 0, end;

	if (size < 0 || ftruncate(out, size))
		return -1;
	if (!ioctl(out, FICLONE, in))
		return 0;
	while (at < size) {
		off_t data = lseek(in, at, SEEK_DATA);

		if (data < 0 && errno == ENXIO)
			break;
		at = data < 0 ? at : data; /* it cannot tell: all is data */
		end = lseek(in, at, SEEK_HOLE);
		end = data < 0 || end < 0 ? size : end;
		if (copy_stretch(in, out, at, end, size))
			return -1;
		at = end;
	}
	return 0;
}

bool imagecopy_is_qcow2(const char *image)
{
	int fd = open(image, O_RDONLY | O_CLOEXEC);
	char magic[4] = { 0 };
	ssize_t n = pread(fd, magic, sizeof(magic), 0);

	close(fd);
	return n == sizeof(magic) && !memcmp(magic, "QFI\xfb", 4);
}

static int convert(struct imagecopy *c, int in)
{
	const char *argv[] = {
		"qemu-img", "convert", "-n", "--target-is-zero", "-f", "qcow2",
		"-O", "raw", c->image, c->name, NULL
	};
	uint8_t be[8];
	uint64_t size = 0;

	if (pread(in, be, sizeof(be), QCOW2_SIZE) != sizeof(be))
		return report_error("%s: not a disk image", c->image);
	for (unsigned i = 0; i < sizeof(be); i++)
		size = size << 8 | be[i];
	if (ftruncate(c->fd, (off_t)size))
		return report_errno("%s: a copy of %lu bytes", c->image, size);
	return proc_run(argv, NULL);
}

static int fill(struct imagecopy *c)
{
	int in = open(c->image, O_RDONLY | O_CLOEXEC), err;

	if (in < 0)
		return report_errno("%s", c->image);
	if (imagecopy_is_qcow2(c->image)) {
		err = convert(c, in);
	} else {
		err = copy_all(in, c->fd);
		if (err)
			report_errno("%s: copying it into %s", c->image,
				     temp_dir());
	}
	close(in);
	return err;
}

int imagecopy_make(struct imagecopy *c, const char *image)
{
	c->image = image;
	c->fd = open_nameless();
	if (c->fd < 0)
		return report_errno("no temporary file in %s", temp_dir());
	snprintf(c->name, sizeof(c->name), "/proc/self/fd/%d", c->fd);
	if (!fill(c))
		return 0;
	imagecopy_drop(c);
	return -1;
}

void imagecopy_drop(struct imagecopy *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
