/*
 * Names in a directory.  A directory with a hash tree is laid out so that a
 * reader who does not know of it finds only unused entries where the tree is;
 * we read every directory that way, from its first block to its last.
 */
#include "loader/fs/ext.h"

#include <string.h>
#include <sys/stat.h>

#include "loader/base/err.h"

#define FILE_TYPE 0x0f	/* Lustre's dirdata has flags in the other bits */
#define ENTRY_HEAD offsetof(struct ext2_dir_entry_2, name)

typedef int ext_dir_fn(void *ctx, const struct ext2_dir_entry_2 *entry);

static int corrupt(const struct ext_inode *dir)
{
	return fail(ERR_FS_CORRUPT, "ext4: directory in inode %u", dir->number);
}

/* In 64 KiB blocks a length does not fit in 16 bits: the low two bits help. */
static size_t record_len(const struct ext2_dir_entry_2 *d, size_t room)
{
	if (room <= 65535)
		return d->rec_len;
	if (d->rec_len == 0 || d->rec_len == 65535)
		return 65536;
	return (d->rec_len & 65532u) | (d->rec_len & 3u) << 16;
}

/* The entries in LEN bytes at P; ROOM is the size of the block it is from. */
static int walk_area(const struct ext_inode *dir, const uint8_t *p, size_t len,
		     size_t room, ext_dir_fn *each, void *ctx)
{
	size_t at = 0, rec;
	int err;

	for (; at < len; at += rec) {
		const struct ext2_dir_entry_2 *d = (const void *)(p + at);

		if (len - at < ENTRY_HEAD)
			return corrupt(dir);
		rec = record_len(d, room);
		if (rec > len - at || rec % 4 ||
		    rec < ENTRY_HEAD + d->name_len)
			return corrupt(dir);
		if (!d->inode)
			continue;
		if (!d->name_len)
			return corrupt(dir);
		err = each(ctx, d);
		if (err)
			return err;
	}
	return 0;
}

/* Four bytes of the parent's number, entries up to byte 60, and the rest. */
static int walk_inline(struct ext_inode *dir, ext_dir_fn *each, void *ctx)
{
	const size_t head = sizeof(dir->i_block);
	uint64_t first = dir->size < head ? dir->size : head;
	int err;

	if (dir->size < 4)
		return corrupt(dir);
	err = walk_area(dir, dir->inline_data + 4, first - 4, 0, each, ctx);
	if (!err && dir->size > head)
		err = walk_area(dir, dir->inline_data + head, dir->size - head,
				0, each, ctx);
	return err;
}

/*
 * Call EACH for every name but "." and "..", which the disk may leave out;
 * non-zero stops and is returned.
 */
static int dir_walk(struct ext *e, struct ext_inode *dir, ext_dir_fn *each,
		 void *ctx)
{
	size_t size = ext_block_size(e);

	if (dir->inline_data)
		return walk_inline(dir, each, ctx);
	for (uint64_t at = 0; at < dir->size; at += size) {
		struct extent run;
		int err = ext_map_run(e, dir, at, &run);

		if (!err && run.kind != EXTENT_DISK)
			err = corrupt(dir);
		if (!err)
			err = ext_load(e, &e->dir, run.disk >> e->block_bits);
		if (!err)
			err = walk_area(dir, e->dir.data, size, size, each,
					ctx);
		if (err)
			return err;
	}
	return 0;
}

struct wanted {
	const char *name;
	size_t len;
	bool fold;		/* the directory does not tell A from a */
	uint32_t number;
};

static char lower(char c, bool fold)
{
	return fold && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Of Unicode's letters only ASCII's are folded. */
static bool same_name(const struct wanted *w, const char *name)
{
	size_t i = 0;

	while (i < w->len && lower(name[i], w->fold) ==
			     lower(w->name[i], w->fold))
		i++;
	return i == w->len;
}

static int match(void *ctx, const struct ext2_dir_entry_2 *d)
{
	struct wanted *w = ctx;

	if (d->name_len != w->len || !same_name(w, d->name))
		return 0;
	w->number = d->inode;
	return 1;
}

static bool is_dots(const char *name, size_t len)
{
	return name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
}

int ext_dir_lookup(struct ext *e, struct ext_inode *dir, const char *name,
		   size_t len, uint32_t *number)
{
	struct wanted w = { name, len, dir->flags & EXT4_CASEFOLD_FL, 0 };
	int err = 0;

	*number = 0;
	if (is_dots(name, len) && len == 1)
		w.number = dir->number;
	else if (is_dots(name, len) && dir->inline_data && dir->size >= 4)
		memcpy(&w.number, dir->inline_data, 4);
	else
		err = dir_walk(e, dir, match, &w);
	*number = w.number;
	return err < 0 ? err : 0;
}

struct listing {
	struct ext *e;
	const struct ext_inode *dir;
	fs_list_fn *each;
	void *ctx;
};

/*
 * Without the filetype feature only the inode knows what it is; one that cannot
 * be read does not keep the others from being listed.
 */
static bool entry_is_dir(struct ext *e, const struct ext2_dir_entry_2 *d)
{
	size_t mark = arena_mark(e->fs->arena);
	struct ext_inode i;
	int err;

	if ((e->incompat & EXT2_FEATURE_INCOMPAT_FILETYPE) && d->file_type)
		return (d->file_type & FILE_TYPE) == EXT2_FT_DIR;
	err = ext_inode_load(e, d->inode, &i);
	if (err)
		err_clear();
	arena_release(e->fs->arena, mark);
	return !err && S_ISDIR(i.mode);
}

static int list_one(void *ctx, const struct ext2_dir_entry_2 *d)
{
	struct listing *l = ctx;
	uint64_t block = l->e->dir.number;
	char name[EXT2_NAME_LEN + 1];
	struct fs_dirent entry = { .name = name };
	int err;

	if (is_dots(d->name, d->name_len))
		return 0;
	if (memchr(d->name, 0, d->name_len) ||
	    memchr(d->name, '/', d->name_len))
		return corrupt(l->dir);
	memcpy(name, d->name, d->name_len);
	name[d->name_len] = 0;
	entry.is_dir = entry_is_dir(l->e, d);
	err = l->each(l->ctx, &entry);
	/* It may have opened a file, and so read another directory. */
	if (!err && block)
		err = ext_load(l->e, &l->e->dir, block);
	return err;
}

int ext_dir_list(struct file *dir, fs_list_fn *each, void *ctx)
{
	struct listing l = { dir->fs->priv, dir->priv, each, ctx };

	return dir_walk(l.e, dir->priv, list_one, &l);
}
