/*
 * twinboot verify: whether an image is what its recipe makes.  The image is
 * built again, into a file without a name, and compared byte by byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/fs/fs.h"
#include "tools/commands.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/disk/image.h"
#include "tools/image/build.h"
#include "tools/image/disk/deliver.h"
#include "tools/image/recipe/build_options.h"
#include "tools/report.h"
#include "tools/tempfile.h"
#include "tools/text.h"

#define ARENA (32u << 20)

/* The first byte in which A and B differ; -1: none; -2: reported. */
static int64_t first_difference(int a, int b)
{
	static uint8_t x[1 << 18], y[1 << 18];
	int64_t at = 0;

	for (;;) {
		ssize_t n = pread(a, x, sizeof(x), at);
		ssize_t m = pread(b, y, sizeof(y), at);
		ssize_t least = n < m ? n : m;

		if (n < 0 || m < 0)
			return report_errno("reading the images"), -2;
		for (ssize_t i = 0; i < least; i++)
			if (x[i] != y[i])
				return at + i;
		if (n != m)
			return at + least;
		if (!n)
			return -1;
		at += n;
	}
}

/* ---- whose byte that is ---- */

struct finder {
	struct tree_visitor visitor;
	struct fs *fs;
	uint64_t at;		/* byte of the file system */
	char path[TREE_PATH_MAX];
};

static bool holds(struct file *f, uint64_t at)
{
	struct extent run;

	for (uint64_t off = 0; off < f->size; off += run.len) {
		if (f->fs->driver->map(f, off, &run))
			return false;
		if (run.kind == EXTENT_DISK && at >= run.disk &&
		    at - run.disk < run.len)
			return true;
	}
	return false;
}

static int look_at(struct tree_visitor *v, struct tree_node *n,
		   const char *path)
{
	struct finder *x = (struct finder *)v;
	size_t mark = arena_mark(x->fs->arena);
	struct file f;
	int found;

	if (!S_ISREG(n->mode))
		return 0;
	snprintf(x->path, sizeof(x->path), "/%s", path);
	found = !fs_open(x->fs, x->path, &f) && holds(&f, x->at);
	arena_release(x->fs->arena, mark);
	return found;
}

/* The file of B's root that has byte AT of the root file system, or "". */
static void find_file(const struct build *b, int fd, uint64_t at,
		      char path[TREE_PATH_MAX])
{
	struct arena arena = { malloc(ARENA), ARENA, 0 };
	struct finder x = { { look_at }, .at = at };
	struct hostdisk disk;
	struct fs fs;

	path[0] = 0;
	if (!arena.base)
		abort();
	if (!hostdisk_attach(&disk, "hd0", fd, b->r.sector)) {
		disk.offset = b->layout.root.offset;
		disk.blk.count = b->layout.root.size / b->r.sector;
		x.fs = &fs;
		if (!fs_mount(&fs, &disk.blk, &arena) &&
		    filetree_walk(&b->tree, &x.visitor))
			strcpy(path, x.path);
	}
	free(arena.base);
}

static bool in_part(const struct part_range *p, uint64_t at)
{
	return p->size && at >= p->offset && at - p->offset < p->size;
}

/* What of B holds BYTE, and the file of the root, or "". */
static const char *place_of(const struct build *b, int fd, uint64_t byte,
			    char path[TREE_PATH_MAX])
{
	const struct layout *l = &b->layout;
	static char more[32];

	path[0] = 0;
	if (b->r.format != FORMAT_RAW || deliver_is_packed(b->r.output))
		return "of the file";
	if (in_part(&l->root, byte)) {
		find_file(b, fd, byte - l->root.offset, path);
		return "in the root file system";
	}
	if (in_part(&l->esp, byte))
		return "in the EFI system partition";
	if (in_part(&l->bios, byte))
		return "in the BIOS boot partition";
	for (unsigned i = 0; i < b->r.n_parts; i++)
		if (in_part(&l->more[i], byte)) {
			snprintf(more, sizeof(more), "in partition %u", 2 + i);
			return more;
		}
	return "outside of the partitions";
}

/* AT: as first_difference() has it, not -2.  0 when there is none. */
static int tell(const struct build *b, int fd, int64_t at)
{
	const char *where = NULL;
	char path[TREE_PATH_MAX];
	json_t *j;

	if (at >= 0)
		where = place_of(b, fd, (uint64_t)at, path);
	if (b->r.json) {
		j = json_pack("{ss so sb}", "schema", "twinboot-verify-1",
			      "image", text_json(b->r.output), "same", !where);
		if (where)
			json_object_set_new(j, "difference", json_pack(
				"{sI ss so*}", "byte", (json_int_t)at, "where",
				where, "file", path[0] ? text_json(path) :
				NULL));
		json_dumpf(j, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(j);
	}
	return !where ? 0 : report_error("%s: differs first at byte %ld, "
					 "%s%s%s", b->r.output, at, where,
					 path[0] ? ": " : "", path);
}

static int compare(struct build *b, int image)
{
	int fd = tempfile_open(b->dir);
	int64_t at;
	int err = 0;

	if (fd < 0)
		return -1;
	if (build_image(b, fd))
		err = -1;
	else
		err = (at = first_difference(fd, image)) == -2 ? -1 :
		      tell(b, fd, at);
	close(fd);
	return err;
}

/* Standard input can be read once. */
static int open_image(const struct recipe *r)
{
	for (const char **root = r->root; root && *root; root++)
		if (!strcmp(*root, "-") && !strcmp(r->output, "-"))
			return report_error("-: the image or --root, not both");
	return image_open_file(r->output);
}

static int verify_run(int argc, char **argv)
{
	struct build b = { 0 };
	int err = recipe_parse(&b.r, &build_options_verify, argc, argv), fd;

	if (err) {
		recipe_free(&b.r);
		return err > 0 ? 0 : err == BUILD_UNREADABLE ? 1 : 2;
	}
	fd = open_image(&b.r);
	if (fd < 0) {
		recipe_free(&b.r);
		return 1;
	}
	build_prepare(&b, true);
	err = compare(&b, fd);
	close(fd);
	build_release(&b);
	return err ? 1 : 0;
}

const struct command verify_command = {
	"verify", "whether an image is what its recipe makes",
	&build_options_verify, verify_run,
};
