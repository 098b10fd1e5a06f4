/*
 * One buffer between the file system and the image: what is put at rising
 * places without gaps goes out in writes of a MiB.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/fs/ext.h"
#include "tools/report.h"

#define ROOM (1u << 20)

int ext_out_flush(struct ext *x)
{
	size_t done = 0;

	while (done < x->held) {
		ssize_t n = pwrite(x->fd, x->buf + done, x->held - done,
				   (off_t)(x->offset + x->out + done));

		if (n < 0 && errno != EINTR)
			return report_errno("writing the file system");
		done += n > 0 ? (size_t)n : 0;
	}
	x->out += x->held;
	x->held = 0;
	return 0;
}

uint8_t *ext_out_room(struct ext *x, uint64_t at, size_t *len)
{
	if (!x->buf && !(x->buf = malloc(ROOM)))
		abort();
	if (x->out + x->held != at || x->held == ROOM) {
		if (ext_out_flush(x))
			return NULL;
		x->out = at;
	}
	if (*len > ROOM - x->held)
		*len = ROOM - x->held;
	return x->buf + x->held;
}

void ext_out_filled(struct ext *x, size_t len)
{
	x->held += len;
}

int ext_out_put(struct ext *x, uint64_t at, const void *p, size_t len)
{
	const uint8_t *from = p;

	while (len) {
		size_t n = len;
		uint8_t *to = ext_out_room(x, at, &n);

		if (!to)
			return -1;
		memcpy(to, from, n);
		ext_out_filled(x, n);
		from += n;
		at += n;
		len -= n;
	}
	return 0;
}

uint64_t ext_out_copy(struct ext *x, uint64_t at, int fd, uint64_t from,
		      uint64_t len)
{
	off_t in = (off_t)from, out = (off_t)(x->offset + at);
	ssize_t n;

	if (x->held && ext_out_flush(x))
		return 0;
	n = copy_file_range(fd, &in, x->fd, &out, len, 0);
	if (n <= 0)
		return 0;
	x->out = at + (uint64_t)n;
	return (uint64_t)n;
}
