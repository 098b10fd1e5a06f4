/*
 * QEMU tells which files it reads for a disk; each is then looked at as an
 * image that stands alone is.  A backing file that is raw may end anywhere:
 * what lies behind it is zero.  Devices and what is no file (nbd://...) are not
 * looked at.
 */
#include "tools/host/disk/image_others.h"

#include <fcntl.h>
#include <jansson.h>
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

struct named {
	const char *path;	/* the image that was asked for */
	const char *file, *format;
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
	if (!strcmp(n->path, n->file))
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
	const struct named n = { path, text(extent, "filename"), "vmdk" };
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
	struct named n = { path, NULL, "vmdk" };
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
	f = proc_output(what, argv);
	if (!f)
		return -1;
	while (!err && getline(&line, &room, f) >= 0)
		err = check_mapped(n->path, line);
	free(line);
	fclose(f);
	return err;
}

/* INFO's extents, if they are files of their own. */
static const json_t *extents_of(const struct named *n, const json_t *special)
{
	const json_t *list = json_object_get(special, "extents");
	const json_t *first = json_array_get(list, 0);

	return first && strcmp(text(first, "filename"), n->file) ? list : NULL;
}

/* What the parts of N lie in: its data file, its extents, or N itself. */
static int check_data(const struct named *n, int fd, const char *source,
		      const json_t *special)
{
	const json_t *extents = extents_of(n, special);
	struct named data = { n->path, text(special, "data-file"), "raw" };
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
	int status = image_whole_tables(n->format, source);

	return status > 0 ? refuse(n, "damaged or cut short: see qemu-img "
				   "check") : status;
}

static int check_one(const struct named *n, const json_t *info)
{
	const json_t *special = json_object_get(json_object_get(info,
						"format-specific"), "data");
	int fd, err = open_one(n, &fd);
	char name[32], *source;

	/* By its name only if that says where others are. */
	tempfile_name(fd, name);
	source = source_of(n->format, text(special, "data-file")[0] ||
			   extents_of(n, special) ? n->file : name);
	if (!err && !source)
		err = report_error("%s: its name is not UTF-8: what it names "
				   "is not checked", n->path);
	if (!err && fd >= 0 && strcmp(n->format, "raw")) {
		err = check_data(n, fd, source, special);
		if (!err)
			err = check_tables(n, source);
	}
	if (fd >= 0)
		close(fd);
	free(source);
	return err;
}

/* The chain from PATH down, as QEMU tells it; NULL with an error reported. */
static json_t *chain_of(const char *path, const char *options)
{
	const char *argv[] = { "qemu-img", "info", "--backing-chain",
			       "--output=json", "--image-opts", options, NULL };
	char what[4400];
	json_t *chain;
	FILE *f;

	snprintf(what, sizeof(what), "%s: the files that it names are not told",
		 path);
	f = proc_output(what, argv);
	if (!f)
		return NULL;
	chain = json_loadf(f, 0, NULL);
	if (!chain)
		report_error("%s", what);
	fclose(f);
	return chain;
}

int image_others_check(const char *path, const char *format,
		       const char *options)
{
	json_t *chain = chain_of(path, options), *info;
	int err = chain ? 0 : -1;
	size_t i;

	json_array_foreach(chain, i, info) {
		const struct named n = { path, i ? text(info, "filename") :
					 path, i ? text(info, "format") :
					 format };

		if (!err)
			err = check_one(&n, info);
	}
	json_decref(chain);
	return err;
}
