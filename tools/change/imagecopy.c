/* Copying the bytes of an image, its holes as holes. */
#include "tools/change/imagecopy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/progress.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define CHUNK (1u << 20)

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
		if (tempfile_put(out, (uint64_t)at, buf, (size_t)n))
			return -1;
		at += n;
		progress_say("copying the image", (uint64_t)at,
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

int imagecopy_make(struct imagecopy *c, const struct image *img)
{
	c->image = img->path;
	c->fd = tempfile_open(NULL);
	if (c->fd < 0)
		return -1;
	tempfile_name(c->fd, c->name);
	if (!copy_all(img->fd, c->fd))
		return 0;
	report_errno("%s: copying it into %s", c->image, tempfile_dir());
	imagecopy_drop(c);
	return -1;
}

void imagecopy_drop(struct imagecopy *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
