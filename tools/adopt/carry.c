/*
 * Stretches without data are skipped where the file system knows them, zeroes
 * elsewhere; both count for the hash.
 */
#include "tools/adopt/carry.h"

#include <errno.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/progress.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define CHUNK (1u << 20)
#define GRAIN 65536u		/* a hole is at least that large */

struct copier {
	int from, to;		/* to: -1 when only the hash is wanted */
	SHA2_CTX sha;
	const char *what;
	uint64_t done, total;	/* bytes, for the progress */
};

static int read_chunk(int fd, uint8_t *buf, size_t len, uint64_t at)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, buf + done, len - done,
				  (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return report_errno("reading the image");
		if (!n)
			return report_error("reading the image: it has become "
					    "shorter");
		done += (size_t)n;
	}
	return 0;
}

/* Bytes from AT on, LEN at most, that are a hole. */
static uint64_t hole_at(int fd, uint64_t at, uint64_t len)
{
	off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO ? len : 0;
	return (uint64_t)data - at < len ? (uint64_t)data - at : len;
}

static int put(const struct copier *c, const uint8_t *buf, size_t len,
	       uint64_t at)
{
	for (size_t n, off = 0; off < len; off += n) {
		n = len - off < GRAIN ? len - off : GRAIN;
		if (tempfile_put(c->to, at + off, buf + off, n))
			return report_errno("writing the image");
	}
	return 0;
}

/* LEN bytes of FROM, at FROM_AT, and to TO_AT. */
static int copy(struct copier *c, uint64_t from_at, uint64_t to_at,
		uint64_t len)
{
	static uint8_t buf[CHUNK];
	static const uint8_t zeroes[CHUNK];
	uint64_t hole = 0;

	for (size_t n; len; len -= n, from_at += n, to_at += n) {
		const uint8_t *data = zeroes;

		n = len < CHUNK ? (size_t)len : CHUNK;
		hole = hole > n ? hole : hole_at(c->from, from_at, len);
		if (hole >= n) {
			hole -= n;
		} else {
			hole = 0;
			data = buf;
			if (read_chunk(c->from, buf, n, from_at) ||
			    (c->to >= 0 && put(c, buf, n, to_at)))
				return -1;
		}
		SHA256Update(&c->sha, data, n);
		c->done += n;
		progress_say(c->what, c->done, c->total);
	}
	return 0;
}

static int by_first(const void *a, const void *b)
{
	const struct part *p = *(const struct part *const *)a;
	const struct part *q = *(const struct part *const *)b;

	return p->first < q->first ? -1 : p->first > q->first;
}

/* One partition, and first what lies between it and AT. */
static int carry_part(struct carry *r, struct copier *c, const struct plan *p,
		      const struct part *part, uint64_t *at)
{
	uint64_t first = part->first * OLD_SECTOR;
	struct carry_part *out = &r->part[r->n++];
	int64_t shift = (int64_t)(p->to - p->from);

	*out = (struct carry_part){
		.number = (int)part->number + 1, .size = part->count *
		OLD_SECTOR, .offset = first + (uint64_t)shift };
	if (copy(c, *at, *at + (uint64_t)shift, first - *at))
		return -1;
	SHA256Init(&c->sha);
	if (copy(c, first, out->offset, out->size))
		return -1;
	SHA256Final(out->sha256, &c->sha);
	*at = first + out->size;
	return 0;
}

static int carry_disk(struct carry *r, struct copier *c, const struct plan *p,
		      const struct old *o)
{
	const struct part *sorted[PARTS_MAX];
	uint64_t at = p->from, end = p->from + p->len;
	unsigned n = 0;

	for (unsigned i = 0; i < o->parts.n; i++)
		if (old_is_data(o, &o->parts.part[i]) &&
		    o->parts.part[i].first != p->own_boot)
			sorted[n++] = &o->parts.part[i];
	qsort(sorted, n, sizeof(*sorted), by_first);
	for (unsigned i = 0; i < n; i++)
		if (carry_part(r, c, p, sorted[i], &at))
			return -1;
	return copy(c, at, at + p->to - p->from, end - at);
}

int carry_bytes(struct carry *r, const struct plan *p, const struct old *o,
		int fd)
{
	struct copier c = { .from = o->image->fd, .to = fd, .total = p->len,
			    .what = "copying" };
	int err;

	r->n = 0;
	SHA256Init(&c.sha);
	if (!o->bare) {
		err = carry_disk(r, &c, p, o);
	} else {
		err = copy(&c, p->from, p->to, p->len);
		r->part[r->n++] = (struct carry_part){ .offset = p->to,
						       .size = p->len };
		SHA256Final(r->part[0].sha256, &c.sha);
	}
	progress_say("", 0, 0);
	return err;
}

int carry_verify(const struct carry *r, int fd)
{
	struct copier c = { .from = fd, .to = -1, .what = "reading back" };
	uint8_t hash[32];

	for (unsigned i = 0; i < r->n; i++)
		c.total += r->part[i].size;
	for (unsigned i = 0; i < r->n; i++) {
		SHA256Init(&c.sha);
		if (copy(&c, r->part[i].offset, 0, r->part[i].size))
			return -1;
		SHA256Final(hash, &c.sha);
		if (memcmp(hash, r->part[i].sha256, sizeof(hash)))
			return report_error("partition %d is not what was "
					    "written", r->part[i].number);
	}
	progress_say("", 0, 0);
	return 0;
}

void carry_hex(const uint8_t hash[32], char text[65])
{
	for (unsigned i = 0; i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", hash[i]);
}
