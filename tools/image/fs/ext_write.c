/*
 * Every node of a tree into an ext file system: its blocks, its bytes, its
 * inode, in the order of the inodes' numbers.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/fs/ext.h"
#include "tools/image/tree/data.h"
#include "tools/progress.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define LOST_AND_FOUND 4u	/* blocks, so that e2fsck need not find any */
#define KERNEL_COPIES (64u << 10)	/* bytes from which that is faster */
#define TIME_MIN INT32_MIN	/* 1901 ... */
#define TIME_MAX (INT32_MIN + (1ll << 34) - 1)	/* ... to 2446 */
#define SMALL EXT2_GOOD_OLD_INODE_SIZE	/* an inode of these is short */

#define STEP "writing the file system"

struct writer {
	struct tree_visitor visitor;
	struct ext *x;
	uint64_t done, total;	/* bytes, for the progress line */
	uint32_t cut;		/* times that lose their nanoseconds */
	uint8_t inodes[256 * 256];	/* that follow each other in a table */
	ext2_ino_t first;
	unsigned n_inodes;
};

static int bad(const char *path, const char *why)
{
	return report_error("/%s: %s", path, why);
}

/* ---- inodes ---- */

static uint64_t inode_at(const struct ext *x, ext2_ino_t ino)
{
	uint32_t per = x->fs->super->s_inodes_per_group;

	return ext2fs_inode_table_loc(x->fs, (ino - 1) / per) * EXT_BLOCK +
	       (uint64_t)((ino - 1) % per) * x->inode_size;
}

/* Not through ext_out: the tables lie apart from the data. */
static int flush_inodes(struct writer *w)
{
	struct ext *x = w->x;
	size_t len = (size_t)w->n_inodes * x->inode_size;
	uint64_t at = w->n_inodes ? x->offset + inode_at(x, w->first) : 0;

	if (tempfile_write(x->fd, at, w->inodes, len))
		return report_errno("writing inodes");
	w->n_inodes = 0;
	return 0;
}

static int put_inode(struct writer *w, ext2_ino_t ino,
		     const struct ext2_inode_large *i,
		     const struct ext_xattrs *attr)
{
	uint32_t per = w->x->fs->super->s_inodes_per_group;
	uint8_t *to;

	if (w->n_inodes == 256 || (w->n_inodes &&
	    (ino != w->first + w->n_inodes || !((ino - 1) % per))))
		if (flush_inodes(w))
			return -1;
	if (!w->n_inodes)
		w->first = ino;
	to = w->inodes + (size_t)w->x->inode_size * w->n_inodes++;
	memcpy(to, i, w->x->inode_size == SMALL ? SMALL : sizeof(*i));
	if (w->x->inode_size != SMALL && attr->in_body)
		memcpy(to + sizeof(*i), attr->body, EXT_IBODY);
	else if (w->x->inode_size != SMALL)
		memset(to + sizeof(*i), 0, EXT_IBODY);
	ext2fs_inode_csum_set(w->x->fs, ino, (struct ext2_inode_large *)to);
	ext2fs_inode_alloc_stats2(w->x->fs, ino, 1, S_ISDIR(i->i_mode));
	return 0;
}

static void set_facts(struct ext2_inode_large *i, const struct tree_node *n)
{
	int64_t t = n->mtime.tv_sec;
	uint32_t more = (uint32_t)((t - (int32_t)t) >> 32 & 3) |
			(uint32_t)n->mtime.tv_nsec << 2;

	i->i_mode = (uint16_t)n->mode;
	i->i_uid = (uint16_t)n->uid;
	ext2fs_set_i_uid_high(*i, n->uid >> 16);
	i->i_gid = (uint16_t)n->gid;
	ext2fs_set_i_gid_high(*i, n->gid >> 16);
	i->i_atime = i->i_ctime = i->i_mtime = i->i_crtime = (uint32_t)t;
	i->i_atime_extra = i->i_ctime_extra = i->i_mtime_extra =
		i->i_crtime_extra = more;
	i->i_extra_isize = sizeof(*i) - EXT2_GOOD_OLD_INODE_SIZE;
	i->i_links_count = (uint16_t)n->nlink;
}

static const char *unfit(const struct ext *x, const struct tree_node *n)
{
	uint64_t max = x->extents ? 1ull << 44 :
		       ((1ull << 30) + (1 << 20) + 1024 + 12) * EXT_BLOCK;

	if (x->inode_size == SMALL && (n->mtime.tv_sec < TIME_MIN ||
				       n->mtime.tv_sec > INT32_MAX))
		return "its time is not between 1901 and 2038, which is all "
		       "that inodes of 128 bytes hold";
	if (n->mtime.tv_sec < TIME_MIN || n->mtime.tv_sec > TIME_MAX)
		return "its time is not between 1901 and 2446";
	if (S_ISREG(n->mode) && n->size >= max)
		return "a file larger than the file system can have";
	if (S_ISREG(n->mode) && !x->huge && data_stored(n) >> 41)
		return "more than 2 TiB in a file, which only ext4 can hold";
	if (!S_ISDIR(n->mode) && n->nlink > EXT2_LINK_MAX)
		return "more than 65000 names of one file";
	if (S_ISDIR(n->mode) && !x->dir_nlink &&
	    n->dir.subdirs > EXT2_LINK_MAX - 2)
		return "more than 64998 directories in one, which only ext4 "
		       "can hold";
	if (S_ISLNK(n->mode) && (!n->size || n->size >= EXT_BLOCK))
		return "a symbolic link of no or of more than 4095 bytes";
	if (n->major > 0xfff || n->minor > 0xfffff)
		return "a device number that Linux does not have";
	return NULL;
}

/* ---- contents ---- */

static void say_progress(struct writer *w, uint64_t n)
{
	if (w->done >> 20 != (w->done + n) >> 20)
		progress_say(STEP, w->done + n, w->total);
	w->done += n;
}

/* The bytes of the run at LOGICAL into the pieces from *P on. */
static int copy_piece(struct writer *w, struct data_reader *r,
		      const struct ext_piece *p, uint64_t left)
{
	uint64_t at = p->physical * EXT_BLOCK, start;
	int fd;

	while (left >= KERNEL_COPIES) {
		uint64_t from, len = data_place(r, &fd, &from);
		uint64_t n = ext_out_copy(w->x, at, fd, from,
					  len < left ? len : left);

		if (!n)
			break;	/* read and write then */
		data_advance(r, n);
		at += n;
		left -= n;
		say_progress(w, n);
	}
	while (left) {
		size_t room = left < 1u << 20 ? (size_t)left : 1u << 20;
		uint8_t *to = ext_out_room(w->x, at, &room);
		ssize_t n = to ? data_read(r, to, room, &start) : -1;

		if (n <= 0)
			return -1;
		ext_out_filled(w->x, (size_t)n);
		at += (uint64_t)n;
		left -= (uint64_t)n;
		say_progress(w, (uint64_t)n);
	}
	return 0;
}

static int copy_data(struct writer *w, const struct tree_node *n,
		     const char *path)
{
	static const uint8_t zero[EXT_BLOCK];
	struct ext *x = w->x;
	struct data_reader r;
	int err = 0;

	if (data_open(&r, n, path))
		return -1;
	for (size_t i = 0; !err && i < x->n_pieces; i++) {
		const struct ext_piece *p = &x->piece[i];
		uint64_t len = p->len * EXT_BLOCK;
		uint64_t left = n->size - p->logical * EXT_BLOCK;

		if (left > len)
			left = len;
		err = copy_piece(w, &r, p, left);
		if (!err)
			err = ext_out_put(x, p->physical * EXT_BLOCK + left,
					  zero, len - left);
	}
	data_close(&r);
	return err;
}

static int put_file(struct writer *w, struct tree_node *n, const char *path)
{
	struct ext *x = w->x;

	for (uint32_t i = 0; i < n->data.n_runs; i++) {
		const struct tree_run *run = &n->data.run[i];

		if (ext_blocks_take(x, run->start / EXT_BLOCK,
				    (run->len + EXT_BLOCK - 1) / EXT_BLOCK))
			return -1;
	}
	return x->fs && n->data.n_runs ? copy_data(w, n, path) : 0;
}

/* Short targets stand in the inode. */
static int put_symlink(struct writer *w, const struct tree_node *n,
		       struct ext2_inode_large *i)
{
	struct ext *x = w->x;
	uint8_t block[EXT_BLOCK] = { 0 };

	if (n->size < sizeof(i->i_block)) {
		memcpy(i->i_block, n->target, n->size);
		return 0;
	}
	if (ext_blocks_take(x, 0, 1))
		return -1;
	memcpy(block, n->target, n->size);
	return x->fs ? ext_out_put(x, x->piece[0].physical * EXT_BLOCK, block,
				   EXT_BLOCK) : 0;
}

static int put_dir(struct writer *w, struct tree_node *n, const char *path,
		   struct ext2_inode_large *i, uint64_t *size)
{
	bool indexed;
	uint32_t min = strcmp(path, "lost+found") ? 1 : LOST_AND_FOUND;

	if (ext_dir_write(w->x, n, min, path, size, &indexed))
		return -1;
	if (indexed)
		i->i_flags |= EXT2_INDEX_FL;
	i->i_links_count = n->dir.subdirs > EXT2_LINK_MAX - 2 ? 1 :
			   (uint16_t)(n->dir.subdirs + 2);
	return 0;
}

/* Linux's "new" device numbers: 12 bits major, 20 minor. */
static void put_device(const struct tree_node *n, struct ext2_inode_large *i)
{
	if (n->major < 256 && n->minor < 256)
		i->i_block[0] = n->major << 8 | n->minor;
	else
		i->i_block[1] = (n->minor & 0xff) | n->major << 8 |
				(n->minor & ~0xffu) << 12;
}

static int put_contents(struct writer *w, struct tree_node *n,
			const char *path, struct ext2_inode_large *i,
			uint64_t *size)
{
	*size = n->size;
	w->x->n_pieces = 0;
	switch (n->mode & S_IFMT) {
	case S_IFDIR:
		return put_dir(w, n, path, i, size);
	case S_IFREG:
		return put_file(w, n, path);
	case S_IFLNK:
		return put_symlink(w, n, i);
	case S_IFCHR:
	case S_IFBLK:
		put_device(n, i);
		/* fall through */
	default:
		*size = 0;
		return 0;
	}
}

static int put_attributes(struct ext *x, ext2_ino_t ino,
			  struct ext_xattrs *a, struct ext2_inode_large *i)
{
	uint64_t block;

	if (!a->in_block)
		return 0;
	if (ext_blocks_one(x, &block))
		return -1;
	i->i_file_acl = (uint32_t)block;
	i->osd2.linux2.l_i_file_acl_high = (uint16_t)(block >> 32);
	if (!x->fs)
		return 0;
	ext2fs_ext_attr_block_csum_set(x->fs, ino, block, (void *)a->block);
	return ext_out_put(x, block * EXT_BLOCK, a->block, EXT_BLOCK);
}

/* The map, when the contents are in blocks, and what all that takes. */
static int put_map(struct ext *x, const struct tree_node *n, ext2_ino_t ino,
		   struct ext2_inode_large *i, bool attr_block)
{
	uint64_t blocks = attr_block, map;

	for (size_t k = 0; k < x->n_pieces; k++)
		blocks += x->piece[k].len;
	if (S_ISDIR(n->mode) || S_ISREG(n->mode) || x->n_pieces) {
		if (ext_blocks_map(x, i, ino, &map))
			return -1;
		blocks += map;
	}
	i->i_blocks = (uint32_t)(blocks * 8);
	i->osd2.linux2.l_i_blocks_hi = (uint16_t)(blocks * 8 >> 32);
	return 0;
}

static int visit(struct tree_visitor *v, struct tree_node *n, const char *path)
{
	struct writer *w = (struct writer *)v;
	ext2_ino_t ino = ext_ino(n);
	struct ext2_inode_large i = { 0 };
	static struct ext_xattrs attr;
	const char *why = unfit(w->x, n);
	uint64_t size;

	if (!why)
		why = ext_xattr_pack(&attr, n, w->x->inode_size != SMALL);
	if (why)
		return bad(path, why);
	set_facts(&i, n);
	w->cut += w->x->inode_size == SMALL && n->mtime.tv_nsec;
	if (put_contents(w, n, path, &i, &size) ||
	    put_map(w->x, n, ino, &i, attr.in_block) ||
	    put_attributes(w->x, ino, &attr, &i))
		return -1;
	i.i_size = (uint32_t)size;
	i.i_size_high = (uint32_t)(size >> 32);
	return w->x->fs ? put_inode(w, ino, &i, &attr) : 0;
}

int ext_write(struct ext *x, const struct tree *t)
{
	static struct writer w;

	w = (struct writer){ .visitor = { visit }, .x = x };
	w.total = data_total(t);
	if (x->fs)
		progress_say(STEP, 0, w.total);
	if (filetree_walk(t, &w.visitor))
		return -1;
	if (!x->fs)
		return 0;
	if (w.cut)
		report_note("inodes of 128 bytes hold whole seconds: %u times "
			    "lose the rest", w.cut);
	ext_blocks_account(x);
	return ext_out_flush(x) ? -1 : flush_inodes(&w);
}
