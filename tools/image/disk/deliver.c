/*
 * At most three files in a row: the raw image, its container, the packed one.
 * Only the last has a name; the others are scratch files.
 */
#include "tools/image/disk/deliver.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/disk/formats.h"
#include "tools/progress.h"
#include "tools/report.h"
#include "tools/tempfile.h"

static const char *called(const struct deliver *d)
{
	return d->named ? d->r->output : "standard output";
}

/* libarchive's own text says no more than "Write error". */
static int failed(const struct deliver *d, struct archive *a)
{
	const char *why = archive_errno(a) > 0 ? strerror(archive_errno(a)) :
			  archive_error_string(a);

	return report_error("%s: %s", called(d), why ? why :
			    "cannot be packed");
}

static const struct packing {
	const char *suffix;
	int (*add)(struct archive *a);
} packings[] = {
	{ ".gz", archive_write_add_filter_gzip },
	{ ".zst", archive_write_add_filter_zstd },
	{ ".xz", archive_write_add_filter_xz },
};

static const struct packing *packing_of(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++) {
		size_t n = strlen(packings[i].suffix);

		if (len > n && !strcmp(name + len - n, packings[i].suffix))
			return &packings[i];
	}
	return NULL;
}

bool deliver_is_packed(const char *name)
{
	return packing_of(name);
}

static bool to_stdout(const struct recipe *r)
{
	return !strcmp(r->output, "-");
}

static char *name_of(int fd)
{
	char name[32];

	tempfile_name(fd, name);
	return strdup(name);
}

int deliver_begin_to(struct deliver *d, const struct recipe *r,
		     const char *dir, int sink)
{
	*d = (struct deliver){ .r = r, .dir = dir, .sink = sink };
	d->fd = tempfile_open(dir);
	if (d->fd < 0)
		return -1;
	d->path = name_of(d->fd);
	return 0;
}

int deliver_begin(struct deliver *d, const struct recipe *r, const char *dir)
{
	if (to_stdout(r) && isatty(STDOUT_FILENO))
		return report_error("-o -: an image is not written to a "
				    "terminal");
	if (to_stdout(r))
		return deliver_begin_to(d, r, dir, STDOUT_FILENO);
	*d = (struct deliver){ .r = r, .dir = dir, .fd = -1, .named = true };
	if (output_open(&d->out, r->output))
		return -1;
	d->direct = r->format == FORMAT_RAW &&
		    !packing_of(r->output);
	d->fd = d->direct ? d->out.fd : tempfile_open(dir);
	if (d->fd < 0) {
		deliver_abort(d);
		return -1;
	}
	d->path = d->direct ? strdup(d->out.name) : name_of(d->fd);
	return 0;
}

/* D's file is a container from here on; it may be the last. */
static int convert(struct deliver *d, const uint8_t id[32])
{
	bool last = d->named && !packing_of(d->r->output);
	int fd = last ? d->out.fd : tempfile_open(d->dir);
	char *path = fd < 0 ? NULL : last ? strdup(d->out.name) :
		     name_of(fd);
	int err = path ? formats_convert(d->r->format, d->r->compress,
					 called(d), d->path, path, fd, id) : -1;

	close(d->fd);
	free(d->path);
	d->fd = fd;
	d->path = path;
	d->direct = last;
	return err;
}

/* D's file through A, which may be one without any filter. */
static int copy(const struct deliver *d, struct archive *a)
{
	static char buf[1 << 18];
	off_t at = 0, end = lseek(d->fd, 0, SEEK_END);
	uint64_t size = end > 0 ? (uint64_t)end : 0;
	ssize_t n = -1;

	while ((n = pread(d->fd, buf, sizeof(buf), at)) > 0) {
		if (archive_write_data(a, buf, (size_t)n) != n)
			return failed(d, a);
		at += n;
		progress_say("packing", (uint64_t)at, size);
	}
	return n < 0 ? report_errno("reading the image") : 0;
}

static int pack(const struct deliver *d, const struct packing *p)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	int fd = d->named ? d->out.fd : d->sink, err;

	archive_entry_set_filetype(e, AE_IFREG);
	archive_write_set_format_raw(a);
	/* No padding to whole blocks: it would be part of the image. */
	archive_write_set_bytes_in_last_block(a, 1);
	if ((p && (p->add(a) != ARCHIVE_OK ||
		   (p->suffix[1] == 'g' && archive_write_set_filter_option(a,
			"gzip", "timestamp", NULL) != ARCHIVE_OK))) ||
	    archive_write_open_fd(a, fd) != ARCHIVE_OK ||
	    archive_write_header(a, e) != ARCHIVE_OK)
		err = failed(d, a);
	else
		err = copy(d, a);
	if (!err && archive_write_close(a) != ARCHIVE_OK)
		err = failed(d, a);
	archive_entry_free(e);
	archive_write_free(a);
	return err;
}

int deliver_end(struct deliver *d, const uint8_t id[32])
{
	int err = d->r->format == FORMAT_RAW ? 0 : convert(d, id);

	if (!err && !d->direct)
		err = pack(d, packing_of(d->r->output));
	if (err) {
		deliver_abort(d);
		return -1;
	}
	progress_say("", 0, 0);
	if (!d->direct)
		close(d->fd);
	free(d->path);
	return d->named ? output_commit(&d->out) : 0;
}

void deliver_abort(struct deliver *d)
{
	if (!d->direct && d->fd >= 0)
		close(d->fd);
	free(d->path);
	if (d->named)
		output_abort(&d->out);
}
