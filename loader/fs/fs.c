/*
 * Reading files through a driver's map: neighbouring runs are merged, so that
 * one extent, or ten in a row, are one request to the disk.
 */
#include "loader/fs/fs.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/fs/drivers.h"


const struct fs_driver *const fs_drivers[] = {
	&ext_driver,
	&fat_driver,
	NULL
};

int fs_mount(struct fs *fs, struct blk *blk, struct arena *arena)
{
	size_t mark = arena_mark(arena);

	for (const struct fs_driver *const *d = fs_drivers; *d; d++) {
		int err;

		*fs = (struct fs){ .driver = *d, .blk = blk, .arena = arena };
		err = (*d)->mount(fs);
		if (err != ERR_NOTMINE)
			return err;
		arena_release(arena, mark);
	}
	return fail(ERR_FS_MOUNT, "(%s): no file system that we read",
		    blk->name);
}

int fs_open(struct fs *fs, const char *path, struct file *out)
{
	if (path[0] != '/')
		return fail(ERR_FILENAME, "%s", path);
	*out = (struct file){ .fs = fs };
	return fs->driver->open(fs, path, out);
}

/* The run at OFF, cut to LEN and extended by what follows it on the disk. */
static int merged_run(struct file *f, uint64_t off, size_t len,
		      struct extent *run)
{
	struct extent next;
	int err = f->fs->driver->map(f, off, run);

	while (!err && run->kind != EXTENT_MEM && run->len < len) {
		err = f->fs->driver->map(f, off + run->len, &next);
		if (err || next.kind != run->kind ||
		    (run->kind == EXTENT_DISK &&
		     next.disk != run->disk + run->len))
			break;
		run->len += next.len;
	}
	if (run->len > len)
		run->len = len;
	return err;
}

int fs_read(struct file *f, uint64_t off, size_t len, void *buf)
{
	uint8_t *to = buf;

	if (off > f->size || len > f->size - off)
		return fail(ERR_FILE_LENGTH, "bytes %lu+%zu of %lu", off, len,
			    f->size);
	while (len) {
		struct extent run;
		int err = merged_run(f, off, len, &run);

		if (err)
			return err;
		if (run.kind == EXTENT_MEM)
			memcpy(to, run.mem, run.len);
		else if (run.kind == EXTENT_HOLE)
			memset(to, 0, run.len);
		else if ((err = blk_pread(f->fs->blk, run.disk, run.len, to)))
			return err;
		to += run.len;
		off += run.len;
		len -= run.len;
	}
	return 0;
}

int fs_list(struct file *dir, fs_list_fn *each, void *ctx)
{
	if (!dir->is_dir)
		return fail(ERR_FILE_TYPE, "not a directory");
	return dir->fs->driver->list(dir, each, ctx);
}

static int mem_map(struct file *f, uint64_t off, struct extent *out)
{
	*out = (struct extent){ .kind = EXTENT_MEM, .len = f->size - off,
			     .mem = (const uint8_t *)f->priv + off };
	return 0;
}

void fs_mem_file(struct file *out, const void *mem, uint64_t len)
{
	static const struct fs_driver driver = { .name = "mem",
						 .map = mem_map };
	static struct fs mem_fs = { .driver = &driver };

	*out = (struct file){ .fs = &mem_fs, .size = len,
			      .priv = (void *)(uintptr_t)mem };
}
