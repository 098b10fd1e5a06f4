/*
 * Files' bytes, kept or opened again where they are: the runs that are no
 * holes, one after the other, are all that is ever read or kept.  A name
 * is never followed through a link, and what it opens must be the file that was
 * seen when the input was walked.
 */
#include "tools/image/tree/data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/tree/spool.h"
#include "tools/report.h"

/* ---- runs ---- */

static void add_run(struct tree *t, struct tree_data *d, uint32_t *max,
		    uint64_t start, uint64_t len)
{
	struct tree_run *last = d->n_runs ? &d->run[d->n_runs - 1] : NULL;

	if (last && last->start + last->len == start) {
		last->len += len;
		return;
	}
	if (d->n_runs == *max) {
		struct tree_run *more;

		*max = *max ? *max * 2 : 1;
		more = filetree_alloc(t, *max * sizeof(*more));
		if (d->n_runs)
			memcpy(more, d->run, d->n_runs * sizeof(*more));
		d->run = more;
	}
	d->run[d->n_runs++] = (struct tree_run){ start, len };
}

static bool all_zero(const uint8_t *p, size_t len)
{
	return !len || (!p[0] && !memcmp(p, p + 1, len - 1));
}

/* ---- into the spool ---- */

void data_begin(struct data_writer *w, struct tree *t, struct tree_node *n,
		uint64_t size, const char *path)
{
	w->tree = t;
	w->node = n;
	w->path = path;
	w->unit = w->end = w->max_runs = 0;
	w->held = 0;
	n->size = size;
	n->data.at = spool_size();
	n->data.n_runs = 0;
}

static size_t unit_len(const struct data_writer *w)
{
	uint64_t left = w->node->size - w->unit * DATA_UNIT;

	return left < DATA_UNIT ? (size_t)left : DATA_UNIT;
}

static int unit_done(struct data_writer *w)
{
	size_t len = unit_len(w);

	if (!w->held)
		return 0;
	memset(w->buf + w->held, 0, len - w->held);
	w->held = 0;
	if (len == DATA_UNIT && !w->node->data.solid && all_zero(w->buf, len))
		return 0;
	add_run(w->tree, &w->node->data, &w->max_runs, w->unit * DATA_UNIT,
		len);
	return spool_put(w->buf, len);
}

int data_write(struct data_writer *w, uint64_t at, const void *buf, size_t len)
{
	const uint8_t *p = buf;

	if (at < w->end || at + len < at || at + len > w->node->size)
		return report_error("/%s: data outside of the file's %lu bytes",
				    w->path, w->node->size);
	w->end = at + len;
	while (len) {
		uint64_t unit = at / DATA_UNIT;
		size_t in = at % DATA_UNIT, n = DATA_UNIT - in;

		if (n > len)
			n = len;
		if (unit != w->unit && unit_done(w))
			return -1;
		w->unit = unit;
		memset(w->buf + w->held, 0, in - w->held);
		memcpy(w->buf + in, p, n);
		w->held = in + n;
		at += n;
		p += n;
		len -= n;
	}
	return 0;
}

int data_end(struct data_writer *w)
{
	uint64_t last = w->node->size / DATA_UNIT;

	if (unit_done(w))
		return -1;
	/* A part of a unit at the end is never a hole. */
	if (w->node->size % DATA_UNIT && w->end <= last * DATA_UNIT) {
		w->unit = last;
		w->held = 1;
		w->buf[0] = 0;
		return unit_done(w);
	}
	return 0;
}

int data_spool_text(struct tree *t, struct tree_node *n, const char *text)
{
	static struct data_writer w;

	data_begin(&w, t, n, strlen(text), "a text of our own");
	return data_write(&w, 0, text, strlen(text)) ? -1 : data_end(&w);
}

int data_spool_fd(struct tree *t, struct tree_node *n, int fd, uint64_t max,
		  const char *path)
{
	static struct data_writer w;
	static uint8_t buf[DATA_UNIT];
	uint64_t at = 0;
	ssize_t got;
	int err = 0;

	data_begin(&w, t, n, INT64_MAX, path);
	while (!err && (got = read(fd, buf, sizeof(buf)))) {
		if (got < 0)
			return report_errno("%s", path);
		err = data_write(&w, at, buf, (size_t)got);
		at += (uint64_t)got;
		if (!err && at > max)
			err = report_error("%s: more than %lu bytes", path,
					   max);
	}
	n->size = at;
	return err ? err : data_end(&w);
}

/* ---- files of the input ---- */

/* The places on the way to the one opened last, each at its depth. */
#define OPEN_PLACES 64u
static struct {
	const struct tree_place *place;
	int fd;
} open_place[OPEN_PLACES];

void data_close_places(void)
{
	for (unsigned i = 0; i < OPEN_PLACES; i++) {
		if (open_place[i].place)
			close(open_place[i].fd);
		open_place[i].place = NULL;
	}
}

int data_open_place(const struct tree_place *p)
{
	unsigned i = p ? p->depth % OPEN_PLACES : 0;
	int above, fd;

	if (!p)
		return AT_FDCWD;
	if (!p->above)
		return p->fd;
	if (open_place[i].place == p)
		return open_place[i].fd;
	above = data_open_place(p->above);
	if (above == -1)
		return -1;
	fd = openat(above, p->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (open_place[i].place)
		close(open_place[i].fd);
	open_place[i].place = p;
	return open_place[i].fd = fd;
}

static int open_file(const struct tree_place *place, const char *name)
{
	int dir = data_open_place(place);

	if (dir == -1)
		return -1;
	return openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		      O_NOCTTY | O_CLOEXEC);
}

static bool same_file(const struct tree_node *n, int fd)
{
	const struct tree_data *d = &n->data;
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	       st.st_dev == d->dev && st.st_ino == d->ino &&
	       (uint64_t)st.st_size == n->size &&
	       st.st_mtim.tv_sec == d->changed.tv_sec &&
	       st.st_mtim.tv_nsec == d->changed.tv_nsec;
}

/* Whether the whole unit at AT of FD is zero; -1 with errno. */
static int unit_is_hole(int fd, uint64_t at)
{
	static uint8_t buf[DATA_UNIT];

	for (size_t done = 0, ask = 4096; done < DATA_UNIT; ) {
		ssize_t n = pread(fd, buf + done, ask - done,
				  (off_t)(at + done));

		if (n <= 0)
			return n ? -1 : 0;
		if (!all_zero(buf + done, (size_t)n))
			return 0;
		done += (size_t)n;
		ask = DATA_UNIT;
	}
	return 1;
}

static int find_runs(struct tree *t, struct tree_node *n, int fd)
{
	uint64_t at = 0, whole = n->size - n->size % DATA_UNIT;
	uint32_t max = 0;

	while (at < whole) {
		off_t next = lseek(fd, (off_t)at, SEEK_DATA);
		int hole;

		/* Not every file system knows; then all is data. */
		if (next < 0 && errno == ENXIO)
			break;
		if (next > 0 && (uint64_t)next > at)
			at = (uint64_t)next - (uint64_t)next % DATA_UNIT;
		if (at >= whole)
			break;
		hole = unit_is_hole(fd, at);
		if (hole < 0)
			return -1;
		if (!hole)
			add_run(t, &n->data, &max, at, DATA_UNIT);
		at += DATA_UNIT;
	}
	if (whole < n->size)
		add_run(t, &n->data, &max, whole, n->size - whole);
	return 0;
}

int data_from_file(struct tree *t, struct tree_node *n,
		   const struct tree_place *place, const char *name,
		   const struct stat *st, const char *path)
{
	uint32_t max = 0;
	int fd, err = 0;

	n->size = (uint64_t)st->st_size;
	n->data.place = place;
	n->data.name = filetree_strdup(t, name, strlen(name));
	n->data.dev = st->st_dev;
	n->data.ino = st->st_ino;
	n->data.changed = st->st_mtim;
	if (n->size < DATA_UNIT || n->data.solid) {
		if (n->size)
			add_run(t, &n->data, &max, 0, n->size);
		return 0;
	}
	fd = open_file(place, name);
	if (fd < 0)
		return report_errno("%s", path);
	if (!same_file(n, fd))
		err = report_error("%s: changed while it was read", path);
	else if (find_runs(t, n, fd))
		err = report_errno("%s", path);
	close(fd);
	return err;
}

/* ---- reading ---- */

int data_open(struct data_reader *r, const struct tree_node *n,
	      const char *path)
{
	*r = (struct data_reader){ .node = n, .path = path,
				   .at = n->data.at };
	if (!n->data.name)
		return spool_readable(&r->fd);
	r->fd = open_file(n->data.place, n->data.name);
	if (r->fd < 0)
		return report_errno("/%s", path + strspn(path, "/"));
	r->own_fd = true;
	if (same_file(n, r->fd))
		return 0;
	data_close(r);
	return report_error("%s: changed while it was read", path);
}

uint64_t data_place(const struct data_reader *r, int *fd, uint64_t *at)
{
	const struct tree_run *run;

	if (r->run == r->node->data.n_runs)
		return 0;
	run = &r->node->data.run[r->run];
	*fd = r->fd;
	*at = r->own_fd ? run->start + r->in_run : r->at;
	return run->len - r->in_run;
}

void data_advance(struct data_reader *r, uint64_t n)
{
	r->at += n;
	r->in_run += n;
	if (r->in_run == r->node->data.run[r->run].len) {
		r->run++;
		r->in_run = 0;
	}
}

ssize_t data_read(struct data_reader *r, void *buf, size_t len,
		  uint64_t *start)
{
	uint64_t at, left;
	ssize_t n;
	int fd;

	left = data_place(r, &fd, &at);
	if (!left)
		return 0;
	if (len > left)
		len = (size_t)left;
	*start = r->node->data.run[r->run].start + r->in_run;
	n = pread(fd, buf, len, (off_t)at);
	if (n < 0)
		return report_errno("%s", r->path);
	if (!n)
		return report_error("%s: changed while it was read", r->path);
	data_advance(r, (uint64_t)n);
	return n;
}

ssize_t data_read_whole(struct data_reader *r, void *buf, size_t len)
{
	const struct tree_data *d = &r->node->data;
	uint64_t next = r->run < d->n_runs ?
			d->run[r->run].start + r->in_run : r->node->size;
	ssize_t n;

	if (r->whole == next && r->run < d->n_runs) {
		n = data_read(r, buf, len, &next);
	} else {
		n = (ssize_t)(next - r->whole < len ? next - r->whole : len);
		memset(buf, 0, (size_t)n);
	}
	r->whole += n > 0 ? (uint64_t)n : 0;
	return n;
}

void data_close(struct data_reader *r)
{
	if (r->own_fd)
		close(r->fd);
	r->own_fd = false;
}

uint64_t data_stored(const struct tree_node *n)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < n->data.n_runs; i++)
		sum += n->data.run[i].len;
	return sum;
}

struct total {
	struct tree_visitor visitor;
	uint64_t bytes;
};

static int add_stored(struct tree_visitor *v, struct tree_node *n,
		      const char *path)
{
	if (S_ISREG(n->mode))
		((struct total *)v)->bytes += data_stored(n);
	return 0;
}

uint64_t data_total(const struct tree *t)
{
	struct total sum = { { add_stored }, 0 };

	filetree_walk(t, &sum.visitor);
	return sum.bytes;
}

char *data_text(const struct tree_node *n, size_t max, const char *path)
{
	struct data_reader r;
	size_t done = 0;
	ssize_t got;
	char *text;

	if (n->size > max) {
		report_error("%s: more than %zu bytes", path, max);
		return NULL;
	}
	text = calloc(1, n->size + 1);
	if (!text)
		abort();
	if (data_open(&r, n, path)) {
		free(text);
		return NULL;
	}
	while ((got = data_read_whole(&r, text + done, n->size - done)) > 0)
		done += (size_t)got;
	data_close(&r);
	if (!got)
		return text;
	free(text);
	return NULL;
}
