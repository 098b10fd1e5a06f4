/*
 * The image is not trusted: names with '/' in them are refused, and nothing of
 * it is followed outside of it.
 */
#include "tools/image/look/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "tools/report.h"

#define ARENA (64u << 20)
#define NAMES_MAX (4u << 20)

int look_failed(const struct look *l, const char *path)
{
	return report_error("%s:%s: %s", l->image, path, err_text());
}

/* What is behind the first ":/", unless that is part of a file's name. */
static void split(struct look *l, const char *arg)
{
	const char *colon = access(arg, F_OK) ? strstr(arg, ":/") : NULL;

	l->image = colon ? strndup(arg, (size_t)(colon - arg)) : strdup(arg);
	l->path = strdup(colon ? colon + 1 : "/");
	if (!l->image || !l->path)
		abort();
}

static int mount_part(struct look *l, const struct part_list *list,
		      unsigned number)
{
	if (part_open(&l->disk.blk, list, number, &l->part))
		return -1;
	return fs_mount(&l->fs, &l->part.blk, &l->arena);
}

static int mount_any(struct look *l, unsigned partition)
{
	static struct part_list list;
	int err = part_read(&l->disk.blk, &list);

	if (partition)
		return err ? err : mount_part(l, &list, partition - 1);
	if (!err && !list.n)
		return fs_mount(&l->fs, &l->disk.blk, &l->arena);
	for (unsigned n = 0; !err && n < PARTS_MAX; n++) {
		size_t mark = arena_mark(&l->arena);

		if (part_find(&list, n) && !mount_part(l, &list, n))
			return 0;
		arena_release(&l->arena, mark);
		err_clear();
	}
	return err ? err : fail(ERR_FS_MOUNT, "no file system that we read");
}

static void release(struct look *l)
{
	free(l->arena.base);
	free(l->image);
	free(l->path);
}

int look_open(struct look *l, const char *arg, unsigned partition)
{
	*l = (struct look){ .arena = { malloc(ARENA), ARENA, 0 } };
	if (!l->arena.base)
		abort();
	split(l, arg);
	if (image_open(&l->file, l->image, false)) {
		release(l);
		return -1;
	}
	if (!hostdisk_attach(&l->disk, "hd0", l->file.fd,
			     hostdisk_sector(l->file.fd)) &&
	    !mount_any(l, partition)) {
		l->mark = arena_mark(&l->arena);
		return 0;
	}
	report_error("%s: %s", l->image, err_text());
	look_close(l);
	return -1;
}

void look_close(struct look *l)
{
	image_close(&l->file);
	release(l);
}

/* ---- directories ---- */

struct listing {
	struct look_list *out;
	const char *bad;
};

static int add_name(void *ctx, const struct fs_dirent *e)
{
	struct listing *x = ctx;
	struct look_list *out = x->out;

	if (!strcmp(e->name, ".") || !strcmp(e->name, ".."))
		return 0;
	if (!e->name[0] || strchr(e->name, '/') || out->n == NAMES_MAX) {
		x->bad = "a name that no file can have, or too many";
		return 1;
	}
	if (!(out->n & (out->n - 1))) {
		out->name = realloc(out->name, (out->n ? 2 * out->n : 1) *
				    sizeof(*out->name));
		if (!out->name)
			abort();
	}
	out->name[out->n++] = (struct look_name){ strdup(e->name), e->is_dir };
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct look_name *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int look_list(struct look *l, const char *path, struct look_list *out)
{
	struct listing x = { out, NULL };
	struct file f;
	int err;

	*out = (struct look_list){ 0 };
	if (look_file(l, path, &f))
		return -1;
	err = fs_list(&f, add_name, &x);
	look_done(l);
	if (!err) {
		qsort(out->name, out->n, sizeof(*out->name), by_name);
		return 0;
	}
	look_free(out);
	return x.bad ? report_error("%s:%s: %s", l->image, path, x.bad) :
	       look_failed(l, path);
}

void look_free(struct look_list *list)
{
	while (list->n)
		free(list->name[--list->n].name);
	free(list->name);
	list->name = NULL;
}

/* ---- files ---- */

int look_file(struct look *l, const char *path, struct file *f)
{
	err_clear();
	if (!fs_open(&l->fs, path, f))
		return 0;
	look_done(l);
	return look_failed(l, path);
}

void look_done(struct look *l)
{
	arena_release(&l->arena, l->mark);
}

int look_copy(struct look *l, const char *path, struct file *f, int fd,
	      const char *name)
{
	static uint8_t buf[1 << 20];

	for (uint64_t at = 0; at < f->size; ) {
		size_t n = f->size - at < sizeof(buf) ? (size_t)(f->size - at) :
			   sizeof(buf);

		if (fs_read(f, at, n, buf))
			return look_failed(l, path);
		for (size_t done = 0; done < n; ) {
			ssize_t put = write(fd, buf + done, n - done);

			if (put < 0 && errno != EINTR)
				return report_errno("%s", name);
			done += put > 0 ? (size_t)put : 0;
		}
		at += n;
	}
	return 0;
}
