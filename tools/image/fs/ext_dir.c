/*
 * A directory's blocks, in one go: one linear block, or a hash tree (Linux,
 * Documentation/filesystems/ext4/directory.rst, "Hash Tree Directories"):
 * names sorted by hash fill the leaves, and the index says where each begins.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/image/fs/ext.h"
#include "tools/report.h"

#define TAIL 12u		/* struct ext2_dir_entry_tail */
#define HASH EXT2_HASH_HALF_MD4
#define ROOT_ENTRIES 32u	/* where the root's index begins ... */
#define NODE_ENTRIES 8u		/* ... and another node's */

struct sorted {
	const struct tree_name *name;
	uint32_t hash, minor;
};

struct leaf {
	size_t first, n;	/* names */
	uint32_t hash;
};

struct dir {
	struct ext *x;
	const struct tree_node *node;
	struct sorted *name;
	struct leaf *leaf;
	size_t n_leaves;
	size_t piece;		/* where block IN_PIECE of the ... */
	uint64_t in_piece;	/* ... next write lies */
	union {
		uint8_t bytes[EXT_BLOCK];
		struct ext2_dir_entry entry;
	} b;
};

static unsigned type_of(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return EXT2_FT_REG_FILE;
	case S_IFDIR:
		return EXT2_FT_DIR;
	case S_IFLNK:
		return EXT2_FT_SYMLINK;
	case S_IFCHR:
		return EXT2_FT_CHRDEV;
	case S_IFBLK:
		return EXT2_FT_BLKDEV;
	case S_IFIFO:
		return EXT2_FT_FIFO;
	default:
		return EXT2_FT_SOCK;
	}
}

static size_t entry_len(size_t name)
{
	return (8 + name + 3) & ~(size_t)3;
}

static size_t leaf_room(const struct ext *x)
{
	return EXT_BLOCK - (x->csum ? TAIL : 0);
}

static struct ext2_dir_entry_2 *put_entry(struct dir *d, size_t at,
					  const char *name, size_t len,
					  ext2_ino_t ino, unsigned type)
{
	struct ext2_dir_entry_2 *e = (void *)(d->b.bytes + at);

	e->inode = ino;
	e->rec_len = (uint16_t)entry_len(len);
	e->name_len = (uint8_t)len;
	e->file_type = (uint8_t)type;
	memcpy(e->name, name, len);
	return e;
}

/* The next block of the directory. */
static int put_block(struct dir *d)
{
	struct ext *x = d->x;
	uint64_t block;

	if (d->in_piece == x->piece[d->piece].len) {
		d->piece++;
		d->in_piece = 0;
	}
	block = x->piece[d->piece].physical + d->in_piece++;
	if (x->csum && ext2fs_dir_block_csum_set(x->fs, ext_ino(d->node),
						 &d->b.entry))
		return report_error("a directory block without a checksum");
	return ext_out_put(x, block * EXT_BLOCK, d->b.bytes, EXT_BLOCK);
}

/* N names from SORTED behind AT, the last one's record to the leaf's end. */
static int put_leaf(struct dir *d, const struct sorted *s, size_t n, size_t at)
{
	struct ext2_dir_entry_2 *last = (void *)d->b.bytes;
	size_t room = leaf_room(d->x);

	if (at)
		last = (void *)(d->b.bytes + entry_len(1));	/* ".." */
	for (size_t i = 0; i < n; i++) {
		last = put_entry(d, at, s[i].name->text, s[i].name->len,
				 ext_ino(s[i].name->node),
				 type_of(s[i].name->node->mode));
		at += last->rec_len;
	}
	last->rec_len = (uint16_t)(room - (size_t)((uint8_t *)last -
						    d->b.bytes));
	if (d->x->csum)
		ext2fs_initialize_dirent_tail(d->x->fs,
			EXT2_DIRENT_TAIL(d->b.bytes, EXT_BLOCK));
	return put_block(d);
}

/* "." and ".."; how long they are. */
static size_t put_dots(struct dir *d)
{
	size_t at = entry_len(1);

	memset(d->b.bytes, 0, EXT_BLOCK);
	put_entry(d, 0, ".", 1, ext_ino(d->node), EXT2_FT_DIR);
	put_entry(d, at, "..", 2, ext_ino(d->node->dir.parent), EXT2_FT_DIR);
	return at + entry_len(2);
}

static int write_linear(struct dir *d, uint32_t blocks)
{
	if (put_leaf(d, d->name, d->node->dir.n, put_dots(d)))
		return -1;
	for (uint32_t i = 1; i < blocks; i++) {
		memset(d->b.bytes, 0, EXT_BLOCK);
		if (put_leaf(d, NULL, 0, 0))
			return -1;
	}
	return 0;
}

/* ---- the hash tree ---- */

static int by_hash(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->minor != y->minor)
		return x->minor < y->minor ? -1 : 1;
	return strcmp(x->name->text, y->name->text);
}

static void hash_names(struct dir *d)
{
	for (uint32_t i = 0; i < d->node->dir.n; i++) {
		struct sorted *s = &d->name[i];

		ext2fs_dirhash(HASH, s->name->text, s->name->len,
			       d->x->hash_seed, &s->hash, &s->minor);
		s->hash &= ~1u;
	}
	qsort(d->name, d->node->dir.n, sizeof(*d->name), by_hash);
}

static void fill_leaves(struct dir *d)
{
	size_t room = leaf_room(d->x), used = room + 1;

	d->leaf = calloc(d->node->dir.n, sizeof(*d->leaf));
	if (!d->leaf)
		abort();
	for (uint32_t i = 0; i < d->node->dir.n; i++) {
		size_t len = entry_len(d->name[i].name->len);

		if (used + len > room) {
			struct leaf *l = &d->leaf[d->n_leaves++];

			l->first = i;
			l->hash = d->name[i].hash;
			/* Bit 0: names of this hash are in the last, too. */
			if (i && d->name[i - 1].hash == l->hash)
				l->hash |= 1;
			used = 0;
		}
		used += len;
		d->leaf[d->n_leaves - 1].n++;
	}
}

static unsigned limit_at(const struct ext *x, unsigned at)
{
	return (EXT_BLOCK - at - (x->csum ? sizeof(struct ext2_dx_tail) : 0)) /
	       sizeof(struct ext2_dx_entry);
}

/*
 * An index block: N entries from byte AT, for the blocks from FIRST on.  HASH
 * gives what each begins with; entry 0 needs none, limit and count stand there.
 */
static int put_index(struct dir *d, unsigned at, size_t n, uint64_t first,
		     const struct leaf *leaf, size_t step)
{
	struct ext2_dx_entry *e = (void *)(d->b.bytes + at);
	struct ext2_dx_countlimit *c = (void *)e;

	for (size_t i = 0; i < n; i++)
		e[i] = (struct ext2_dx_entry){ leaf[i * step].hash,
					       (uint32_t)(first + i) };
	c->limit = (uint16_t)limit_at(d->x, at);
	c->count = (uint16_t)n;
	return put_block(d);
}

static int put_root(struct dir *d, size_t nodes)
{
	struct ext2_dir_entry_2 *dots = (void *)(d->b.bytes + entry_len(1));
	struct ext2_dx_root_info *info = (void *)(d->b.bytes + put_dots(d));

	dots->rec_len = (uint16_t)(EXT_BLOCK - entry_len(1));
	info->hash_version = HASH;
	info->info_length = sizeof(*info);
	info->indirect_levels = nodes > 0;
	if (!nodes)
		return put_index(d, ROOT_ENTRIES, d->n_leaves, 1, d->leaf, 1);
	return put_index(d, ROOT_ENTRIES, nodes, 1, d->leaf,
			 limit_at(d->x, NODE_ENTRIES));
}

static int write_tree(struct dir *d, size_t nodes)
{
	size_t per = limit_at(d->x, NODE_ENTRIES);

	if (put_root(d, nodes))
		return -1;
	for (size_t i = 0; i < nodes; i++) {
		size_t left = d->n_leaves - i * per;

		memset(d->b.bytes, 0, EXT_BLOCK);
		((struct ext2_dir_entry_2 *)d->b.bytes)->rec_len = EXT_BLOCK;
		if (put_index(d, NODE_ENTRIES, left < per ? left : per,
			      1 + nodes + i * per, d->leaf + i * per, 1))
			return -1;
	}
	for (size_t i = 0; i < d->n_leaves; i++) {
		memset(d->b.bytes, 0, EXT_BLOCK);
		if (put_leaf(d, d->name + d->leaf[i].first, d->leaf[i].n, 0))
			return -1;
	}
	return 0;
}

/* Index nodes below the root that LEAVES need; -1: more than there can be. */
static int64_t count_nodes(const struct ext *x, size_t leaves)
{
	size_t per = limit_at(x, NODE_ENTRIES);
	size_t root = limit_at(x, ROOT_ENTRIES);

	if (leaves <= root)
		return 0;
	leaves = (leaves + per - 1) / per;
	return leaves <= root ? (int64_t)leaves : -1;
}

static size_t names_len(struct dir *d)
{
	size_t sum = entry_len(1) + entry_len(2);

	for (uint32_t i = 0; i < d->node->dir.n; i++) {
		d->name[i].name = d->node->dir.sorted[i];
		sum += entry_len(d->name[i].name->len);
	}
	return sum;
}

static int write_dir(struct dir *d, uint32_t min_blocks, const char *path,
		     uint64_t *size, bool *indexed)
{
	uint64_t blocks = min_blocks ? min_blocks : 1;
	int64_t nodes = 0;

	*indexed = names_len(d) > leaf_room(d->x);
	if (*indexed) {
		hash_names(d);
		fill_leaves(d);
		nodes = count_nodes(d->x, d->n_leaves);
		if (nodes < 0)
			return report_error("/%s: more names than a directory "
					    "can hold", path);
		blocks = 1 + (uint64_t)nodes + d->n_leaves;
	}
	*size = blocks * EXT_BLOCK;
	d->x->n_pieces = 0;
	if (ext_blocks_take(d->x, 0, blocks))
		return -1;
	if (!d->x->fs)
		return 0;
	return *indexed ? write_tree(d, (size_t)nodes) :
	       write_linear(d, (uint32_t)blocks);
}

int ext_dir_write(struct ext *x, const struct tree_node *n, uint32_t min_blocks,
		  const char *path, uint64_t *size, bool *indexed)
{
	struct dir d = { .x = x, .node = n };
	int err;

	d.name = calloc(n->dir.n + 1, sizeof(*d.name));
	if (!d.name)
		abort();
	err = write_dir(&d, min_blocks, path, size, indexed);
	free(d.name);
	free(d.leaf);
	return err;
}
