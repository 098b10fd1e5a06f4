/*
 * Looking at disks and files from the menu.  What is mounted for a look is
 * undone after it.  Files and disks are others': what is printed of them is
 * bounded, and cannot reach the terminal's controls.
 */
#include "menu/screen/show.h"

#include <string.h>

#include "loader/base/err.h"
#include "menu/load.h"

#define CHUNK 512u
#define CAT_MAX 65536u		/* bytes shown of a file */
#define DIFFERENCES_MAX 10u
#define RUNS_MAX 64u
#define SECTOR 512u		/* a block list's, whatever the disk's */

int show_cat(struct runner *r, const char *args)
{
	const char *path;
	struct file f;
	int err = load_open_word(r, &args, &path, &f);
	char buf[CHUNK];

	for (uint64_t off = 0; !err && off < f.size && off < CAT_MAX;
	     off += CHUNK) {
		size_t n = f.size - off < CHUNK ? f.size - off : CHUNK;

		err = fs_read(&f, off, n, buf);
		for (size_t i = 0; i < n; i++)
			if (((uint8_t)buf[i] < ' ' && buf[i] != '\n' &&
			     buf[i] != '\t') || buf[i] == 0x7f)
				buf[i] = '?';
		if (!err)
			r->p->write(buf, n);
	}
	if (!err && f.size > CAT_MAX)
		say(r->p, "\n (%u of %lu bytes)\n", CAT_MAX, f.size);
	return err;
}

static void compare(struct runner *r, const uint8_t *a, const uint8_t *b,
		    size_t n, uint64_t off, unsigned *differences)
{
	for (size_t i = 0; i < n && *differences < DIFFERENCES_MAX; i++) {
		if (a[i] == b[i])
			continue;
		++*differences;
		say(r->p, "Differ at the offset %lu: 0x%x, 0x%x\n", off + i,
		    a[i], b[i]);
	}
}

int show_cmp(struct runner *r, const char *args)
{
	const char *path;
	struct file a, b;
	uint8_t x[CHUNK], y[CHUNK];
	unsigned differences = 0;
	uint64_t size;
	int err = load_open_word(r, &args, &path, &a);

	if (!err)
		err = load_open_word(r, &args, &path, &b);
	if (err)
		return err;
	if (a.size != b.size)
		say(r->p, "Differ in size: 0x%lx, 0x%lx\n", a.size, b.size);
	size = a.size < b.size ? a.size : b.size;
	for (uint64_t off = 0; !err && off < size; off += CHUNK) {
		size_t n = size - off < CHUNK ? size - off : CHUNK;

		err = fs_read(&a, off, n, x);
		if (!err)
			err = fs_read(&b, off, n, y);
		if (!err)
			compare(r, x, y, n, off, &differences);
		if (differences == DIFFERENCES_MAX)
			break;
	}
	return err;
}

/* Call EACH for every device there is, and undo what it mounted. */
static void each_device(struct runner *r,
			void (*each)(struct runner *r, struct device dev,
				     void *ctx), void *ctx)
{
	struct mounts outer = r->mounts;
	size_t outer_mark = arena_mark(r->p->arena);

	for (uint32_t d = 0; d < r->p->n_disks; d++) {
		struct part_list *parts = NULL;
		struct mounts inner;
		size_t mark;

		if (!device_partitions(&r->mounts, d))
			parts = r->mounts.parts;
		inner = r->mounts;
		mark = arena_mark(r->p->arena);
		if (!parts || !parts->n)
			each(r, (struct device){ d, -1 }, ctx);
		for (unsigned i = 0; parts && i < parts->n; i++) {
			each(r, (struct device){
			     d, (int32_t)parts->part[i].number }, ctx);
			r->mounts = inner;
			arena_release(r->p->arena, mark);
		}
		r->mounts = outer;
		arena_release(r->p->arena, outer_mark);
		err_clear();
	}
}

struct wanted {
	const char *path;
	unsigned found;
};

static void look_for(struct runner *r, struct device dev, void *ctx)
{
	struct wanted *w = ctx;
	char name[24];
	struct file f;

	if (!device_open(&r->mounts, dev, w->path, &f)) {
		device_name(dev, name, sizeof(name));
		say(r->p, " %s\n", name);
		w->found++;
	}
	err_clear();
}

int show_find(struct runner *r, const char *args)
{
	struct wanted w = { args, 0 };

	if (*args != '/')
		return fail(ERR_FILENAME, "%s", args);
	each_device(r, look_for, &w);
	return w.found ? 0 : fail(ERR_FILE_NOT_FOUND, "%s", args);
}

struct uuid {
	const char *wanted;
	size_t len;
	struct device found;
};

/* Hexadecimal digits are the same in both cases. */
static bool same_uuid(const struct uuid *u, const char *other)
{
	if (strlen(other) != u->len)
		return false;
	for (size_t i = 0; i < u->len; i++)
		if ((u->wanted[i] | 0x20) != (other[i] | 0x20))
			return false;
	return true;
}

static void look_at_uuid(struct runner *r, struct device dev, void *ctx)
{
	struct uuid *u = ctx;
	char name[24];
	struct fs *fs;

	if (!device_mount(&r->mounts, dev, &fs)) {
		device_name(dev, name, sizeof(name));
		if (!u->len)
			say(r->p, " %s %s\n", name, fs->uuid);
		else if (u->found.disk == DEVICE_NONE &&
			 same_uuid(u, fs->uuid))
			u->found = dev;
	}
	err_clear();
}

int show_uuid(struct runner *r, const char *args)
{
	struct uuid u = { args, strcspn(args, " "), { DEVICE_NONE, -1 } };
	char name[24];

	each_device(r, look_at_uuid, &u);
	if (!u.len)
		return 0;
	if (u.found.disk == DEVICE_NONE) {
		say(r->p, " (no file system has that UUID: the root stays)\n");
		return 0;
	}
	r->root = u.found;
	device_name(u.found, name, sizeof(name));
	say(r->p, " %s\n", name);
	return 0;
}

/* Run N of a block list, which begins at byte RUN->disk of the file system. */
static int print_run(struct runner *r, const struct extent *run, unsigned n)
{
	uint64_t sectors = (run->len + SECTOR - 1) / SECTOR;

	if (run->kind != EXTENT_DISK || run->disk % SECTOR)
		return fail(ERR_UNALIGNED, "a part of the file is in no "
			    "sectors of its own");
	say(r->p, "%s%lu+%lu", n ? "," : "", run->disk / SECTOR, sectors);
	return 0;
}

int show_blocklist(struct runner *r, const char *args)
{
	struct extent run = { 0 };
	const char *path;
	struct file f;
	unsigned n = 0;
	int err = load_open_word(r, &args, &path, &f);

	if (!err)
		say(r->p, "(%s)", f.fs->blk->name);
	for (uint64_t off = 0; !err && off < f.size; off += run.len) {
		if (n == RUNS_MAX) {
			say(r->p, ",...");
			break;
		}
		err = f.fs->driver->map(&f, off, &run);
		if (!err && run.len > f.size - off)
			run.len = f.size - off;
		if (!err)
			err = print_run(r, &run, n++);
	}
	if (!err)
		say(r->p, "\n");
	return err;
}

static void print_partition(struct runner *r, struct device dev,
			    const struct part *p)
{
	struct fs *fs;

	say(r->p, "   Partition num: %d,  ", dev.part);
	if (device_mount(&r->mounts, dev, &fs))
		say(r->p, "no file system that we read, ");
	else
		say(r->p, "file system %s, ", fs->driver->name);
	err_clear();
	say(r->p, "type 0x%x, %lu+%lu\n", p->mbr_type, p->first, p->count);
}

int show_geometry(struct runner *r, const char *args)
{
	struct mounts before = r->mounts;
	size_t mark = arena_mark(r->p->arena);
	struct device dev;
	struct blk *disk;
	int err = device_parse(&args, r->root, &dev);

	if (err)
		return err;
	if (dev.disk >= r->p->n_disks)
		return fail(ERR_NO_DISK, "geometry");
	disk = r->p->disk[dev.disk];
	say(r->p, "drive 0x%x (hd%u): %lu sectors of %u bytes\n",
	    0x80 + dev.disk, dev.disk, disk->count, disk->sector);
	err = device_partitions(&r->mounts, dev.disk);
	for (unsigned i = 0; !err && i < r->mounts.parts->n; i++) {
		const struct part *p = &r->mounts.parts->part[i];
		struct mounts now = r->mounts;
		size_t here = arena_mark(r->p->arena);

		print_partition(r, (struct device){ dev.disk,
				(int32_t)p->number }, p);
		r->mounts = now;
		arena_release(r->p->arena, here);
	}
	r->mounts = before;
	arena_release(r->p->arena, mark);
	return err;
}

int show_displaymem(struct runner *r, const char *args)
{
	const struct memmap *m = r->p->memmap;

	for (unsigned i = 0; i < m->n; i++)
		say(r->p, " %s: 0x%lx to 0x%lx, %lu KiB\n",
		    m->r[i].type == MEM_RAM || m->r[i].type == MEM_LOADER ?
		    "usable RAM" : "reserved", m->r[i].start, m->r[i].end,
		    (m->r[i].end - m->r[i].start) / 1024);
	return 0;
}
