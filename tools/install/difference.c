/*
 * In whole sectors, which a disk writes or does not write; neighbours that
 * differ are one write.
 */
#include "tools/install/difference.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tools/report.h"
#include "tools/tempfile.h"

#define SECTOR 512u
#define CHUNK (1u << 20)

/* Where after AT FD has more than a hole, at most END, and not before AT. */
static uint64_t past_hole(int fd, uint64_t at, uint64_t end)
{
	off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO ? end : at;
	return (uint64_t)data < end ? (uint64_t)data : end;
}

int difference_copy(int fd, uint64_t off, uint64_t size, int to)
{
	static uint8_t buf[CHUNK];

	if (ftruncate(to, (off_t)size))
		return report_errno("a scratch file");
	for (uint64_t at = 0; at < size; at += CHUNK) {
		size_t n;

		at = past_hole(fd, off + at, off + size) - off;
		n = size - at < CHUNK ? (size_t)(size - at) : CHUNK;
		if (pread(fd, buf, n, (off_t)(off + at)) != (ssize_t)n)
			return report_error("the image cannot be read");
		if (tempfile_put(to, at, buf, n))
			return report_errno("a scratch file");
	}
	return 0;
}

static int take(struct writes *w, int old, const uint8_t *p, size_t len,
		uint64_t at, uint64_t off, const char *what)
{
	writes_add(w, off + at, p, len, what);
	if (!tempfile_write(old, at, p, len))
		return 0;
	return report_errno("a scratch file");
}

int difference_add(struct writes *w, int old, int new, uint64_t size,
		   uint64_t off, const char *what)
{
	static uint8_t a[CHUNK], b[CHUNK];

	for (uint64_t at = 0; at < size; at += CHUNK) {
		uint64_t a_at = past_hole(old, at, size);
		uint64_t b_at = past_hole(new, at, size);
		size_t from, to, n;

		/* Both begin with sectors. */
		at = (a_at < b_at ? a_at : b_at) & -(uint64_t)SECTOR;
		n = size - at < CHUNK ? (size_t)(size - at) : CHUNK;
		if (pread(old, a, n, (off_t)at) != (ssize_t)n ||
		    pread(new, b, n, (off_t)at) != (ssize_t)n)
			return report_error("a scratch file cannot be read");
		for (from = 0; from < n; from = to + SECTOR) {
			while (from < n && !memcmp(a + from, b + from, SECTOR))
				from += SECTOR;
			to = from;
			while (to < n && memcmp(a + to, b + to, SECTOR))
				to += SECTOR;
			if (to > from && take(w, old, b + from, to - from,
					      at + from, off, what))
				return -1;
		}
	}
	return 0;
}
