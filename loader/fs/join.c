/*
 * A driver whose only file is made of others': it asks theirs where the bytes
 * are.
 */
#include "loader/fs/join.h"

#include "loader/base/err.h"

#define ALIGN 4u

struct join {
	struct fs fs;
	struct file *const *part;
};

static uint64_t filled(const struct file *f)
{
	return (f->size + ALIGN - 1) & -(uint64_t)ALIGN;
}

static int join_map(struct file *f, uint64_t off, struct extent *out)
{
	const struct join *j = f->priv;
	unsigned i = 0;
	int err;

	for (; off >= filled(j->part[i]); i++)
		off -= filled(j->part[i]);
	if (off >= j->part[i]->size) {
		*out = (struct extent){ .kind = EXTENT_HOLE,
					.len = filled(j->part[i]) - off };
		return 0;
	}
	err = j->part[i]->fs->driver->map(j->part[i], off, out);
	if (!err && out->len > j->part[i]->size - off)
		out->len = j->part[i]->size - off;
	return err;
}

static int add(struct join *j, const struct file *part, uint64_t *size)
{
	struct blk *b = part->fs->blk;

	if (b && j->fs.blk && b != j->fs.blk)
		return fail(ERR_EXEC_FORMAT, "initrds on (%s) and on (%s)",
			    j->fs.blk->name, b->name);
	if (b)
		j->fs.blk = b;
	if (part->size > UINT64_MAX - ALIGN ||
	    __builtin_add_overflow(*size, filled(part), size))
		return fail(ERR_NO_MEMORY, "%lu bytes", part->size);
	return 0;
}

int join_files(struct file *out, struct file *const *part, unsigned n,
	       struct arena *arena)
{
	static const struct fs_driver driver = { .name = "join",
						 .map = join_map };
	struct join *j = arena_alloc(arena, sizeof(*j));
	uint64_t size = 0;
	int err = j ? 0 : ERR_NO_MEMORY;

	for (unsigned i = 0; !err && i < n; i++)
		err = add(j, part[i], &size);
	if (err)
		return err;
	j->fs.driver = &driver;
	j->part = part;
	*out = (struct file){ .fs = &j->fs, .size = size, .priv = j };
	return 0;
}
