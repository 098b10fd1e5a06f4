/*
 * QEMU tells which files it reads for a disk, before it reads them: it finds a
 * loop then, and a FIFO has no end to wait for.  Each is looked at as an image
 * that stands alone is.  A backing file that is raw may end anywhere: what lies
 * behind it is zero.  Devices and what is no file (nbd://...) are not looked
 * at.
 */
#include "tools/host/disk/image_others.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/host/disk/image_format.h"
#include "tools/host/disk/image_whole.h"
#include "tools/proc.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define TELL_SECONDS 20		/* even a thousand files are told in one */

struct named {
	const char *path;	/* the image that was asked for */
	const char *file, *format;
	bool is_path;		/* it is that image */
};

static const char *text(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

/* FILE for QEMU, without its backing file; malloc'd, NULL: cannot be said. */
static char *source_of(const char *format, const char *file)
{
	json_t *j = json_pack("{ss sn s{ss ss}}", "driver", format, "backing",
			      "file", "driver", "file", "filename", file);
	char *dump = j ? json_dumps(j, JSON_COMPACT) : NULL, *source = NULL;

	if (dump && asprintf(&source, "json:%s", dump) < 0)
		abort();
	free(dump);
	json_decref(j);
	return source;
}

static int refuse(const struct named *n, const char *what)
{
	if (n->is_path)
		return report_error("%s: a %s image that is %s", n->path,
				    n->format, what);
	return report_error("%s: it reads %s, which is %s", n->path, n->file,
			    what);
}

/* N into *FD, which children inherit; -1 there: nothing that is looked at. */
static int open_one(const struct named *n, int *fd)
{
	struct stat st;

	*fd = -1;
	if (strstr(n->file, "://") || !strncmp(n->file, "json:", 5))
		return 0;
	*fd = open(n->file, O_RDONLY | O_NONBLOCK);
	/* In JSON, QEMU's are all of U+FFFD. */
	if (*fd < 0 && errno == ENOENT && strstr(n->file, "\xef\xbf\xbd"))
		return report_error("%s: it reads %s, which cannot be checked: "
				    "its name is not UTF-8", n->path, n->file);
	if (*fd < 0)
		return report_errno("%s: it reads %s, which cannot be checked",
				    n->path, n->file);
	if (!fstat(*fd, &st) && !S_ISREG(st.st_mode)) {
		close(*fd);
		*fd = -1;
	}
	return 0;
}

/* Of N, which is open as FD, all that SOURCE has in it. */
static int check_parts(const struct named *n, int fd, const char *source,
		       bool map_only)
{
	int status = map_only ? image_whole_map(n->path, fd, source) :
		     image_whole_check(n->path, fd, n->format, source);

	return status > 0 ? refuse(n, "cut short") : status;
}

static int check_flat(const struct named *n, int fd, const json_t *extent)
{
	json_int_t size = json_integer_value(json_object_get(extent,
							     "virtual-size"));

	return lseek(fd, 0, SEEK_END) < size ? refuse(n, "cut short") : 0;
}

static int check_extent(const char *path, const json_t *extent)
{
	const struct named n = { path, text(extent, "filename"), "vmdk",
				 false };
	int fd, err = open_one(&n, &fd);

	if (fd >= 0 && strcmp(text(extent, "format"), "SPARSE"))
		err = check_flat(&n, fd, extent);
	if (fd >= 0)
		close(fd);
	return err;
}

/* "0x1000 0x2000 0x5000 FILE": whether FILE ends before that part of it. */
static int check_mapped(const char *path, char *line)
{
	struct named n = { path, NULL, "vmdk", false };
	uint64_t from, len, at, size;
	struct stat st;
	int name = 0;

	line[strcspn(line, "\n")] = 0;
	if (sscanf(line, "%lx %lx %lx %n", &from, &len, &at, &name) < 3 ||
	    !name || stat(line + name, &st))
		return 0;
	n.file = line + name;
	size = (uint64_t)st.st_size;
	return at > size || len > size - at ? refuse(&n, "cut short") : 0;
}

/* Sparse extents do not stand alone: QEMU opens them by the descriptor. */
static int check_sparse(const struct named *n, const char *source)
{
	const char *argv[] = { "qemu-img", "map", source, NULL };
	char *line = NULL, what[4400];
	size_t room = 0;
	int err = 0;
	FILE *f;

	snprintf(what, sizeof(what), "%s: where its parts lie is not told",
		 n->path);
	f = proc_output(what, argv, 0);
	if (!f)
		return -1;
	while (!err && getline(&line, &room, f) >= 0)
		err = check_mapped(n->path, line);
	free(line);
	fclose(f);
	return err;
}

/* Of what is special to INFO's format. */
static const json_t *special_of(const json_t *info)
{
	return json_object_get(json_object_get(info, "format-specific"),
			       "data");
}

/* INFO's extents, if they are files of their own. */
static const json_t *extents_of(const json_t *info)
{
	const json_t *list = json_object_get(special_of(info), "extents");
	const json_t *first = json_array_get(list, 0);

	return first && strcmp(text(first, "filename"), text(info, "filename"))
		? list : NULL;
}

/* What the parts of N lie in: its data file, its extents, or N itself. */
static int check_data(const struct named *n, int fd, const char *source,
		      const json_t *info)
{
	const json_t *extents = extents_of(info);
	struct named data = { n->path, text(special_of(info), "data-file"),
			      "raw", false };
	json_t *one;
	int err = 0;
	size_t i;

	if (data.file[0]) {
		int data_fd;

		err = open_one(&data, &data_fd);
		if (data_fd >= 0) {
			err = check_parts(&data, data_fd, source, true);
			close(data_fd);
		}
		return err;
	}
	json_array_foreach(extents, i, one)
		if (!err)
			err = check_extent(n->path, one);
	if (err)
		return err;
	return extents ? check_sparse(n, source) :
	       check_parts(n, fd, source, false);
}

static int check_tables(const struct named *n, const char *source)
{
	char why[600];
	int status = image_whole_tables(n->format, source, why);

	return status > 0 ? refuse(n, why) : status;
}

static int check_one(const struct named *n, const json_t *info)
{
	int fd, err = open_one(n, &fd);
	char name[32], *source;

	/* By its name only if that says where others are. */
	tempfile_name(fd, name);
	source = source_of(n->format, text(special_of(info), "data-file")[0] ||
			   extents_of(info) ? n->file : name);
	if (!err && !source)
		err = report_error("%s: its name is not UTF-8: what it names "
				   "is not checked", n->path);
	if (!err && fd >= 0 && strcmp(n->format, "raw")) {
		err = check_data(n, fd, source, info);
		if (!err)
			err = check_tables(n, source);
	}
	if (fd >= 0)
		close(fd);
	free(source);
	return err;
}

json_t *image_others_find(const char *path, const char *options)
{
	const char *argv[] = { "qemu-img", "info", "--backing-chain",
			       "--output=json", "--image-opts", options, NULL };
	char what[4400];
	json_t *chain;
	FILE *f;

	snprintf(what, sizeof(what), "%s: the files that it names cannot all "
		 "be opened", path);
	f = proc_output(what, argv, TELL_SECONDS);
	if (!f)
		return NULL;
	chain = json_loadf(f, 0, NULL);
	if (!chain)
		report_error("%s", what);
	fclose(f);
	return chain;
}

int image_others_check(const char *path, const char *file, const char *format,
		       const json_t *chain)
{
	json_t *info;
	int err = 0;
	size_t i;

	json_array_foreach(chain, i, info) {
		const struct named n = { path, i ? text(info, "filename") :
					 file, i ? text(info, "format") :
					 format, !i };

		if (!err)
			err = check_one(&n, info);
	}
	return err;
}
