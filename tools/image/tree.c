/*
 * Where contents come from.  A directory is walked in the order of its names,
 * a tar file in its own.  A directory's files of the user who builds become
 * root's, so that an image does not depend on who made it.  No file is
 * younger than SOURCE_DATE_EPOCH.
 */
#include "tools/image/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/report.h"

#define FIRST_FAT_TIME 315532800	/* 1980-01-01: what FAT can write */

int64_t tree_time(void)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	int64_t t = s ? strtoll(s, NULL, 10) : 0;

	return t > FIRST_FAT_TIME ? t : FIRST_FAT_TIME;
}

void tree_add(struct tree *t, const char *path, const char *file,
	      const char *text)
{
	struct tree_extra *x = &t->extra[t->n_extra++];

	snprintf(x->path, sizeof(x->path), "%s", path);
	x->file = file;
	x->text = text;
}

ssize_t tree_read(struct tree_data *d, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = d->read(d, (char *)buf + done, len - done);

		if (n < 0)
			return -1;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static ssize_t read_fd(struct tree_data *d, void *buf, size_t len)
{
	ssize_t n = read(d->fd, buf, len);

	return n < 0 ? report_errno("read") : n;
}

static ssize_t read_text(struct tree_data *d, void *buf, size_t len)
{
	if (len > d->left)
		len = d->left;
	memcpy(buf, d->text, len);
	d->text += len;
	d->left -= len;
	return (ssize_t)len;
}

static ssize_t read_archive(struct tree_data *d, void *buf, size_t len)
{
	ssize_t n = archive_read_data(d->archive, buf, len);

	return n < 0 ? report_error("%s", archive_error_string(d->archive)) : n;
}

/* "./a//b/" -> "a/b".  Refuses "..".  0 or -1 reported. */
static int clean_path(const char *from, char *to, size_t size)
{
	size_t n = 0;

	while (*from) {
		size_t len = strcspn(from, "/");

		if (len == 2 && !memcmp(from, "..", 2))
			return report_error("\"..\" in the path %s", from);
		if (len && !(len == 1 && from[0] == '.')) {
			if (n + len + 2 > size)
				return report_error("path too long: %s", from);
			if (n)
				to[n++] = '/';
			memcpy(to + n, from, len);
			n += len;
		}
		from += len + (from[len] == '/');
	}
	to[n] = 0;
	return 0;
}

static bool is_extra(const struct tree *t, const char *path)
{
	for (unsigned i = 0; i < t->n_extra; i++)
		if (!strcmp(t->extra[i].path, path))
			return true;
	return false;
}

static void limit_time(struct archive_entry *e)
{
	if (getenv("SOURCE_DATE_EPOCH") &&
	    archive_entry_mtime(e) > tree_time())
		archive_entry_set_mtime(e, tree_time(), 0);
}

static void adopt_owner(struct archive_entry *e)
{
	if (archive_entry_uid(e) != getuid() || !getuid())
		return;
	archive_entry_set_uid(e, 0);
	archive_entry_set_gid(e, 0);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int add_found(struct tree_sink *sink, const char *path,
		     struct archive *disk,
		     struct archive_entry_linkresolver *links, const FTSENT *f)
{
	struct archive_entry *e = archive_entry_new(), *later = NULL;
	struct tree_data data = { .read = read_fd, .fd = -1 };
	int err = 0;

	archive_entry_copy_sourcepath(e, f->fts_accpath);
	if (archive_read_disk_entry_from_file(disk, e, -1, f->fts_statp) < 0)
		err = report_error("%s: %s", f->fts_path,
				   archive_error_string(disk));
	archive_entry_set_pathname(e, path);
	adopt_owner(e);
	limit_time(e);
	archive_entry_linkify(links, &e, &later);
	if (!err && S_ISREG(f->fts_statp->st_mode)) {
		data.fd = open(f->fts_accpath, O_RDONLY | O_CLOEXEC);
		if (data.fd < 0)
			err = report_errno("%s", f->fts_path);
	}
	if (!err)
		err = sink->add(sink, path, e, &data);
	if (data.fd >= 0)
		close(data.fd);
	archive_entry_free(e);
	return err;
}

static int walk_directory(const struct tree *t, struct tree_sink *sink)
{
	char *const roots[] = { (char *)(uintptr_t)t->root, NULL };
	struct archive *disk = archive_read_disk_new();
	struct archive_entry_linkresolver *links =
		archive_entry_linkresolver_new();
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	char path[4096];
	FTSENT *f;
	int err = fts ? 0 : report_errno("%s", t->root);

	archive_entry_linkresolver_set_strategy(links, ARCHIVE_FORMAT_TAR);
	while (!err && (f = fts_read(fts))) {
		if (f->fts_info == FTS_DP)
			continue;
		errno = f->fts_errno;
		if (f->fts_info == FTS_DNR || f->fts_info == FTS_ERR ||
		    f->fts_info == FTS_NS)
			err = report_errno("%s", f->fts_path);
		else
			err = clean_path(f->fts_path + strlen(t->root), path,
					 sizeof(path));
		if (!err && !is_extra(t, path))
			err = add_found(sink, path, disk, links, f);
	}
	if (fts)
		fts_close(fts);
	archive_entry_linkresolver_free(links);
	archive_read_free(disk);
	return err;
}

static int walk_tar(const struct tree *t, struct tree_sink *sink)
{
	struct archive *a = archive_read_new();
	struct tree_data data = { .read = read_archive, .archive = a };
	struct archive_entry *e;
	char path[4096];
	int got, err = 0;

	archive_read_support_filter_all(a);
	archive_read_support_format_tar(a);
	got = archive_read_open_filename(a, t->root, 1 << 20);
	while (got >= ARCHIVE_WARN && !err) {
		got = archive_read_next_header(a, &e);
		if (got == ARCHIVE_EOF || got < ARCHIVE_WARN)
			break;
		err = clean_path(archive_entry_pathname(e), path, sizeof(path));
		limit_time(e);
		if (!err && !is_extra(t, path))
			err = sink->add(sink, path, e, &data);
	}
	if (!err && got < ARCHIVE_WARN)
		err = report_error("%s: %s", t->root, archive_error_string(a));
	archive_read_free(a);
	return err;
}

static int add_extra(const struct tree_extra *x, struct tree_sink *sink)
{
	struct tree_data data = { .read = read_text, .text = x->text };
	struct archive_entry *e = archive_entry_new();
	struct stat st;
	int err = 0;

	if (x->file) {
		data = (struct tree_data){ .read = read_fd };
		data.fd = open(x->file, O_RDONLY | O_CLOEXEC);
		if (data.fd < 0 || fstat(data.fd, &st))
			err = report_errno("%s", x->file);
		else if (!S_ISREG(st.st_mode))
			err = report_error("%s: not a file", x->file);
		else
			archive_entry_set_size(e, st.st_size);
	} else {
		data.left = strlen(x->text);
		archive_entry_set_size(e, (int64_t)data.left);
	}
	archive_entry_set_mode(e, S_IFREG | 0644);
	archive_entry_set_mtime(e, tree_time(), 0);
	if (!err)
		err = sink->add(sink, x->path, e, &data);
	if (x->file && data.fd >= 0)
		close(data.fd);
	archive_entry_free(e);
	return err;
}

int tree_walk(const struct tree *t, struct tree_sink *sink)
{
	struct stat st;
	int err = 0;

	if (t->root && stat(t->root, &st))
		return report_errno("%s", t->root);
	if (t->root && S_ISDIR(st.st_mode))
		err = walk_directory(t, sink);
	else if (t->root)
		err = walk_tar(t, sink);
	for (unsigned i = 0; !err && i < t->n_extra; i++)
		err = add_extra(&t->extra[i], sink);
	return err;
}

struct scan {
	struct tree_sink sink;
	struct tree *tree;
	SHA2_CTX sha;
};

static void hash_text(SHA2_CTX *sha, const char *s)
{
	SHA256Update(sha, (const uint8_t *)(s ? s : ""), s ? strlen(s) + 1 : 1);
}

static int scan_entry(struct tree_sink *sink, const char *path,
		      struct archive_entry *e, struct tree_data *data)
{
	struct scan *s = (struct scan *)sink;
	bool regular = archive_entry_filetype(e) == AE_IFREG &&
		       !archive_entry_hardlink(e);
	int64_t facts[] = {
		archive_entry_mode(e), archive_entry_uid(e),
		archive_entry_gid(e), archive_entry_mtime(e),
		regular ? archive_entry_size(e) : 0,
		(int64_t)archive_entry_rdev(e),
	};
	static uint8_t buf[1 << 16];
	ssize_t n;

	if (regular && archive_entry_size(e) < 0)
		return report_error("%s: size below 0", path);
	s->tree->entries++;
	s->tree->bytes += ((uint64_t)facts[4] + 4095) & ~4095ull;
	hash_text(&s->sha, path);
	hash_text(&s->sha, archive_entry_symlink(e));
	hash_text(&s->sha, archive_entry_hardlink(e));
	SHA256Update(&s->sha, (const uint8_t *)facts, sizeof(facts));
	if (!strcmp(path, "boot/grub/menu.lst") ||
	    !strcmp(path, "boot/grub/grub.conf"))
		s->tree->has_menu = true;
	/*
	 * Of the root, names, sizes and times must do: reading it all takes
	 * as long as writing the image.
	 */
	if (!is_extra(s->tree, path))
		return 0;
	while ((n = tree_read(data, buf, sizeof(buf))) > 0)
		SHA256Update(&s->sha, buf, (size_t)n);
	return n < 0 ? -1 : 0;
}

int tree_scan(struct tree *t)
{
	struct scan s = { .sink = { scan_entry }, .tree = t };
	int err;

	report_progress("reading", 0, 0);
	t->entries = t->bytes = 0;
	SHA256Init(&s.sha);
	err = tree_walk(t, &s.sink);
	SHA256Final(t->digest, &s.sha);
	return err;
}
