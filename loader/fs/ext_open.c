/*
 * From a path to a file.  A symbolic link's text is put before what is left of
 * the path, in one buffer, so links need neither recursion nor more memory.
 */
#include "loader/fs/ext.h"

#include <string.h>
#include <sys/stat.h>

#include "loader/base/err.h"

/* The state of one walk. */
struct walk {
	struct ext *e;
	const char *path;	/* as asked for */
	const char *rest;	/* what is left of it, or in e->path */
	unsigned links;
	size_t mark; /* of the arena, below the inode's inline data */
};

static int load(struct walk *w, uint32_t number, struct ext_inode *i)
{
	arena_release(w->e->fs->arena, w->mark);
	return ext_inode_load(w->e, number, i);
}

/* A link's text into TO. */
static int read_link(struct walk *w, struct ext_inode *i, char *to)
{
	struct file f = { .fs = w->e->fs, .size = i->size, .priv = i };

	if (i->inline_data || i->size >= sizeof(i->i_block) ||
	    (i->flags & EXT4_EXTENTS_FL))
		return fs_read(&f, 0, i->size, to);
	memcpy(to, i->i_block, i->size);
	return 0;
}

/* Put the text of link I before the rest of the path. */
static int expand_link(struct walk *w, struct ext_inode *i)
{
	size_t left = strlen(w->rest) + 1;
	char *start;
	int err;

	if (++w->links > EXT_LINKS_MAX)
		return fail(ERR_SYMLINK_LOOP, "%s", w->path);
	if (!i->size || left > EXT_PATH_MAX || i->size > EXT_PATH_MAX - left)
		return fail(ERR_FILENAME, "%s: symbolic link of %lu bytes",
			    w->path, i->size);
	start = w->e->path + EXT_PATH_MAX - left;
	memmove(start, w->rest, left);
	start -= i->size;
	w->rest = start;
	err = read_link(w, i, start);
	if (!err && memchr(start, 0, i->size))
		err = fail(ERR_FS_CORRUPT, "ext4: link in inode %u", i->number);
	return err;
}

/* One name further: I becomes what NAME in directory I is. */
static int step(struct walk *w, const char *name, size_t len,
		struct ext_inode *i)
{
	uint32_t dir = i->number, number = 0;
	int err = 0;

	if (!S_ISDIR(i->mode))
		return fail(ERR_FILE_TYPE, "%s", w->path);
	if (len <= EXT2_NAME_LEN)
		err = ext_dir_lookup(w->e, i, name, len, &number);
	if (err)
		return err;
	if (!number)
		return fail(ERR_FILE_NOT_FOUND, "%s", w->path);
	err = load(w, number, i);
	if (err || !S_ISLNK(i->mode))
		return err;
	err = expand_link(w, i);
	if (err)
		return err;
	return load(w, w->rest[0] == '/' ? EXT2_ROOT_INO : dir, i);
}

static int find(struct walk *w, struct ext_inode *i)
{
	int err = load(w, EXT2_ROOT_INO, i);

	while (!err) {
		const char *name;
		size_t len;

		while (w->rest[0] == '/')
			w->rest++;
		name = w->rest;
		len = strcspn(name, "/");
		if (!len)
			break;
		w->rest += len;
		err = step(w, name, len, i);
	}
	if (!err && !S_ISDIR(i->mode) && !S_ISREG(i->mode))
		err = fail(ERR_FILE_TYPE, "%s", w->path);
	return err;
}

int ext_open(struct fs *fs, const char *path, struct file *out)
{
	size_t mark = arena_mark(fs->arena);
	struct ext_inode *i = arena_alloc(fs->arena, sizeof(*i));
	struct walk w = { fs->priv, path, path, 0, arena_mark(fs->arena) };
	int err;

	if (!i)
		return ERR_NO_MEMORY;
	err = find(&w, i);
	if (err) {
		arena_release(fs->arena, mark);
		return err;
	}
	out->size = i->size;
	out->is_dir = S_ISDIR(i->mode);
	out->sealed = i->flags & EXT4_VERITY_FL;
	out->priv = i;
	return 0;
}
