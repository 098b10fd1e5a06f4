/* A file system whose one file lies in another one's file. */
#include "loader/fs/subfile.h"

#include "loader/base/err.h"

struct subfile {
	struct fs fs;
	struct file *f;
	uint64_t off;
};

static int map(struct file *f, uint64_t off, struct extent *out)
{
	const struct subfile *s = f->priv;

	return s->f->fs->driver->map(s->f, s->off + off, out);
}

static const struct fs_driver driver = { .name = "part of a file",
					 .map = map };

int subfile_open(struct file *f, uint64_t off, uint64_t len,
		 struct arena *arena, struct file *out)
{
	struct subfile *s = arena_alloc(arena, sizeof(*s));

	if (!s)
		return ERR_NO_MEMORY;
	if (off > f->size || len > f->size - off)
		return fail(ERR_FILE_LENGTH, "bytes %lu+%lu of %lu", off, len,
			    f->size);
	*s = (struct subfile){ .f = f, .off = off,
		.fs = { .driver = &driver, .blk = f->fs->blk,
			.arena = arena } };
	*out = (struct file){ .fs = &s->fs, .size = len, .priv = s };
	return 0;
}
