#include "tests/unit/unit.h"

#include "tests/unit/testfs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "loader/base/err.h"

#define ARENA (2u << 20)
#define NAMES_MAX 20000u

int testfs_open(struct testfs *t, const char *dir, const char *image,
		uint32_t sector)
{
	char name[512];

	snprintf(name, sizeof(name), "%s/%s", dir, image);
	testdisk_open(&t->disk, name, sector);
	testdisk_arena(&t->arena, ARENA);
	assert_int_equal(blk_cache_attach(&t->disk.blk, &t->arena), 0);
	err_clear();
	return fs_mount(&t->fs, &t->disk.blk, &t->arena);
}

void testfs_mount(struct testfs *t, const char *dir, const char *image,
		  uint32_t sector)
{
	if (testfs_open(t, dir, image, sector))
		fail_msg("%s: %s", image, err_text());
}

void testfs_unmount(struct testfs *t)
{
	free(t->arena.base);
	testdisk_close(&t->disk);
	err_clear();
}

void testfs_find(struct testfs *t, const char *path, struct file *out)
{
	err_clear();
	if (fs_open(&t->fs, path, out))
		fail_msg("%s", err_text());
}

void testfs_refused(struct testfs *t, const char *path, int code,
		    const char *text)
{
	struct file f;

	err_clear();
	assert_int_equal(fs_open(&t->fs, path, &f), code);
	if (!strstr(err_text(), text))
		fail_msg("\"%s\" is not in \"%s\"", text, err_text());
	err_clear();
}

/* In pieces of odd sizes, so that runs are met at every kind of offset. */
static void compare(struct file *f, FILE *host, const char *path)
{
	static char want[3000001], got[sizeof(want)];
	const size_t max = sizeof(want);
	uint64_t off = 0;
	size_t n, len = 4097;

	while ((n = fread(want, 1, len, host))) {
		if (off + n > f->size)
			fail_msg("%s: %lu bytes, more expected", path, f->size);
		if (fs_read(f, off, n, got))
			fail_msg("%s: %s", path, err_text());
		if (memcmp(want, got, n))
			fail_msg("%s: wrong bytes in %lu+%zu", path, off, n);
		off += n;
		len = len < max / 3 ? len * 3 : max;
	}
	assert_int_equal(off, f->size);
	assert_int_equal(fs_read(f, off, 1, got), ERR_FILE_LENGTH);
	err_clear();
}

void testfs_same_file(struct testfs *t, const char *path, const char *dir,
		      const char *name)
{
	size_t mark = arena_mark(&t->arena);
	char host_name[4096];
	struct file f;
	FILE *host;

	snprintf(host_name, sizeof(host_name), "%s/%s", dir, name);
	host = fopen(host_name, "r");
	assert_non_null(host);
	testfs_find(t, path, &f);
	assert_false(f.is_dir);
	compare(&f, host, path);
	fclose(host);
	arena_release(&t->arena, mark);
}

struct names {
	size_t n;
	char *name[NAMES_MAX];
};

static void add_name(struct names *l, const char *name, bool is_dir)
{
	assert_true(l->n < NAMES_MAX);
	if (strcmp(name, "lost+found"))
		assert_true(asprintf(&l->name[l->n++], "%s%s", name,
				     is_dir ? "/" : "") > 0);
}

static int list_one(void *ctx, const struct fs_dirent *d)
{
	add_name(ctx, d->name, d->is_dir);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_host(struct names *l, const char *host)
{
	DIR *d = opendir(host);
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			add_name(l, e->d_name, e->d_type == DT_DIR);
	closedir(d);
}

static void same_entry(struct testfs *t, const char *path, const char *host,
		       const char *name)
{
	char inside[4096], outside[4096];
	struct stat st;
	size_t n = strlen(name);

	snprintf(inside, sizeof(inside), "%s/%s", path, name);
	snprintf(outside, sizeof(outside), "%s/%s", host, name);
	if (name[n - 1] == '/') {
		inside[strlen(inside) - 1] = 0;
		testfs_same_tree(t, inside, outside);
	} else if (!lstat(outside, &st) && S_ISREG(st.st_mode)) {
		testfs_same_file(t, inside, host, name);
	}
}

void testfs_same_tree(struct testfs *t, const char *path, const char *host)
{
	struct names *in = calloc(1, sizeof(*in)),
		     *out = calloc(1, sizeof(*out));
	size_t mark = arena_mark(&t->arena);
	struct file dir;

	read_host(out, host);
	testfs_find(t, *path ? path : "/", &dir);
	if (fs_list(&dir, list_one, in))
		fail_msg("%s: %s", path, err_text());
	arena_release(&t->arena, mark);
	qsort(in->name, in->n, sizeof(in->name[0]), by_name);
	qsort(out->name, out->n, sizeof(out->name[0]), by_name);
	assert_int_equal(in->n, out->n);
	for (size_t i = 0; i < in->n; i++) {
		assert_string_equal(in->name[i], out->name[i]);
		same_entry(t, path, host, in->name[i]);
		free(in->name[i]);
		free(out->name[i]);
	}
	free(in);
	free(out);
}
