/*
 * Which kind of input it is, and single files.  What an archive is, its bytes
 * say; only an mtree specification is known by its name, because it may name
 * any file of the host.
 */
#include "tools/image/tree/source.h"

#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/filter.h"
#include "tools/image/tree/data.h"
#include "tools/image/tree/gate.h"
#include "tools/output.h"
#include "tools/report.h"

static bool all_root;

void source_begin(const char *file, const char *const *exclude,
		  bool owner_root)
{
	all_root = owner_root;
	source_keep_out(file, exclude);
}

void source_exclude(struct tree *t, const char *const *exclude)
{
	for (; exclude && *exclude; exclude++)
		if (gate_remove(t, *exclude))
			report_note("--exclude %s: --root has nothing there",
				    *exclude);
}

void source_adjust(struct tree_node *n)
{
	n->mtime = filetree_time_limit(n->mtime);
	if (all_root)
		n->uid = n->gid = 0;
}

struct archive *source_open_fd(int fd, const char *name)
{
	struct archive *a = archive_read_new();

	if (!a)
		abort();
	/* libarchive turns pax's UTF-8 names into the locale's. */
	setlocale(LC_CTYPE, "C.UTF-8");
	archive_read_support_filter_all(a);
	archive_read_support_format_tar(a);
	if (archive_read_open_fd(a, fd, 1 << 18) >= ARCHIVE_WARN)
		return a;
	report_error("%s: %s", name, filter_error(a));
	archive_read_free(a);
	return NULL;
}

/* An empty tar and zeroes look the same: nothing in it is no root. */
static int add_tar(struct tree *t, const char *path, int fd)
{
	struct archive *a = source_open_fd(fd, path);
	uint64_t n = 0;
	int err = a ? source_archive(t, NULL, a, path, &n) : -1;

	archive_read_free(a);
	if (!err && !n)
		err = report_error("%s: no directory and no archive with "
				   "anything in it", path);
	return err;
}

/* File names in the specification are as seen from its directory. */
static int add_mtree(struct tree *t, const char *path, int fd)
{
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *slash = strrchr(path, '/');
	struct archive *a = archive_read_new();
	char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
	uint64_t n;
	int err = 0;

	setlocale(LC_CTYPE, "C.UTF-8");
	archive_read_support_format_mtree(a);
	archive_read_set_option(a, "mtree", "checkfs", "1");
	if (here < 0 || (dir && chdir(dir)))
		err = report_errno("%s", path);
	else if (archive_read_open_fd(a, fd, 1 << 16) < ARCHIVE_WARN)
		err = report_error("%s: %s", path, filter_error(a));
	if (!err)
		err = source_archive(t, NULL, a, path, &n);
	archive_read_free(a);
	if (here >= 0 && fchdir(here))
		err = report_errno("going back");
	close(here);
	free(dir);
	return err;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static int open_input(const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) :
		 fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

	if (fd >= 0)
		output_protect(path);
	return fd < 0 ? report_errno("%s", path) : fd;
}

int source_add(struct tree *t, const char *path)
{
	int fd = open_input(path), err;
	struct stat st;
	struct tree own;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st)) {
		close(fd);
		return report_errno("%s", path);
	}
	filetree_init(&own, t);
	if (S_ISDIR(st.st_mode))
		err = source_dir(&own, path, fd);
	else if (ends_in(path, ".mtree"))
		err = add_mtree(&own, path, fd);
	else
		err = add_tar(&own, path, fd);
	if (!S_ISDIR(st.st_mode))
		close(fd);
	if (!err)
		err = source_container(&own, path);
	if (!err)
		err = gate_merge(t, &own, false);
	filetree_free(&own);
	return err;
}

#define DEVICE_MAX (64ull << 20)	/* /dev/zero has no end */

/* The file itself, whatever links led to it. */
static int add_regular(struct tree *t, struct tree_node *n, const char *file,
		       const struct stat *st)
{
	char *real = realpath(file, NULL);
	int err = real ? data_from_file(t, n, NULL, real, st, file) :
		  report_errno("%s", file);

	free(real);
	return err;
}

int source_add_file(struct tree *t, const char *path, const char *file,
		    struct tree_node *n)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), err;
	struct stat st;

	if (fd < 0)
		return report_errno("%s", file);
	output_protect(file);
	if (fstat(fd, &st))
		err = report_errno("%s", file);
	else if (S_ISDIR(st.st_mode))
		err = report_error("%s: a directory, not a file", file);
	else if (S_ISREG(st.st_mode))
		err = add_regular(t, n, file, &st);
	else
		err = data_spool_fd(t, n, fd, S_ISCHR(st.st_mode) ?
				    DEVICE_MAX : INT64_MAX, file);
	close(fd);
	return err || !gate_put(t, path, n) ? -1 : 0;
}

int source_add_zeroes(struct tree *t, const char *path, uint64_t size)
{
	struct tree_node *n = filetree_new_node(t, S_IFREG | 0644);
	static struct data_writer w;

	data_begin(&w, t, n, size, "zeroes of our own");
	if (data_end(&w))
		return -1;
	return gate_put(t, path, n) ? 0 : -1;
}

int source_add_text(struct tree *t, const char *path, const char *text)
{
	struct tree_node *n = filetree_new_node(t, S_IFREG | 0644);

	if (data_spool_text(t, n, text))
		return -1;
	return gate_put(t, path, n) ? 0 : -1;
}
