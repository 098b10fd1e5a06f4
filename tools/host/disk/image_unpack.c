/*
 * Unpacking is libarchive's, with one filter that we have chosen, and has an
 * end: disks are mostly zeroes, so a small file may well be a large one, but
 * not any size.
 */
#include "tools/host/disk/image_unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/filter.h"
#include "tools/progress.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define ALWAYS (4ull << 30)	/* bytes that every file may become */
#define RATIO 256u		/* or so many times its size, if more */

const char *image_unpack_name(int fd)
{
	char magic[FILTER_MAGIC] = "";
	ssize_t n = pread(fd, magic, sizeof(magic), 0);

	int filter = filter_of(magic, n < 0 ? 0 : (size_t)n);

	/* Its three bytes may as well begin a boot sector. */
	return filter == ARCHIVE_FILTER_LZMA ? NULL : filter_name(filter);
}

static uint64_t limit(int fd)
{
	struct stat st;
	uint64_t most = fstat(fd, &st) ? 0 : (uint64_t)st.st_size * RATIO;

	return most > ALWAYS ? most : ALWAYS;
}

/* All that A gives, into OUT. */
static int copy(const struct image *img, struct archive *a, int out)
{
	uint64_t end = 0, most = limit(img->fd);
	const void *buf;
	la_int64_t at;
	size_t len;
	int err;

	while ((err = archive_read_data_block(a, &buf, &len, &at)) ==
	       ARCHIVE_OK) {
		if ((uint64_t)at + len > most)
			return report_error("%s: unpacks to more than %lu MiB: "
					    "unpack it yourself, if that is "
					    "right", img->path, most >> 20);
		if (tempfile_put(out, (uint64_t)at, buf, len))
			return report_errno("%s: unpacking it into %s",
					    img->path, tempfile_dir());
		end = (uint64_t)at + len;
		progress_say("unpacking the image", end, 0);
	}
	if (err != ARCHIVE_EOF)
		return report_error("%s: %s", img->path,
				    filter_error(a));
	return ftruncate(out, (off_t)end) ? report_errno("%s", img->path) : 0;
}

static int unpack(const struct image *img, struct archive *a, int out)
{
	char magic[FILTER_MAGIC] = "";
	struct archive_entry *e;
	ssize_t n = pread(img->fd, magic, sizeof(magic), 0);

	archive_read_support_format_raw(a);
	if (lseek(img->fd, 0, SEEK_SET) ||
	    filter_add(a, filter_of(magic, n < 0 ? 0 : (size_t)n)) ||
	    archive_read_open_fd(a, img->fd, 1 << 16) != ARCHIVE_OK ||
	    archive_read_next_header(a, &e) != ARCHIVE_OK)
		return report_error("%s: %s", img->path,
				    filter_error(a));
	return copy(img, a, out);
}

int image_unpack(struct image *img)
{
	int out = tempfile_open(NULL), err;
	struct archive *a = archive_read_new();

	err = out < 0 || !a ? -1 : unpack(img, a, out);
	archive_read_free(a);
	if (out < 0)
		return -1;
	close(img->fd);
	img->fd = out;
	img->is_copy = true;
	return err;
}
