/*
 * Filling an ext2/3/4 file system through libext2fs.  Each file is allocated
 * in one go before it is written: it becomes few extents, and the loader reads
 * it in few requests.
 */
#include "tools/image/ext_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tools/report.h"

#define BLOCK 4096u
#define CHUNK (1u << 20)	/* bytes copied at once */

struct ext {
	struct tree_sink sink;
	ext2_filsys fs;
	bool extents;
	uint64_t done, total;	/* bytes, for the progress line */
	char dir[4096];		/* the directory used last ... */
	ext2_ino_t dir_ino;	/* ... and its inode; 0: none */
};

static int failed(const struct ext *x, errcode_t err, const char *path)
{
	if (err == EXT2_ET_BLOCK_ALLOC_FAIL || err == EXT2_ET_INODE_ALLOC_FAIL)
		return report_error("the root file system is full at /%s: "
				    "give a larger --size", path);
	if (err == EXT2_ET_SHORT_WRITE)
		return report_error("no space left where the image is written");
	return report_error("/%s: %s", path, error_message(err));
}

/* ---- directories ---- */

static errcode_t link_in(ext2_filsys fs, ext2_ino_t dir, const char *name,
			 ext2_ino_t ino, int type)
{
	errcode_t err = ext2fs_link(fs, dir, name, ino, type);

	if (err == EXT2_ET_DIR_NO_SPACE) {
		err = ext2fs_expand_dir(fs, dir);
		if (!err)
			err = ext2fs_link(fs, dir, name, ino, type);
	}
	return err;
}

static errcode_t make_dir(ext2_filsys fs, ext2_ino_t parent, const char *name)
{
	errcode_t err = ext2fs_mkdir(fs, parent, 0, name);

	if (err == EXT2_ET_DIR_NO_SPACE) {
		err = ext2fs_expand_dir(fs, parent);
		if (!err)
			err = ext2fs_mkdir(fs, parent, 0, name);
	}
	return err;
}

/* PATH's inode, symbolic links followed; 0 when there is none. */
static ext2_ino_t find(ext2_filsys fs, const char *path)
{
	ext2_ino_t ino;

	if (!path[0])
		return EXT2_ROOT_INO;
	if (ext2fs_namei_follow(fs, EXT2_ROOT_INO, EXT2_ROOT_INO, path, &ino))
		return 0;
	return ino;
}

/* The directory that PATH's last part is in; made when it is missing. */
static errcode_t parent_of(struct ext *x, const char *path, ext2_ino_t *ino)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	char part[4096];

	if (x->dir_ino && strlen(x->dir) == len && !memcmp(x->dir, path, len)) {
		*ino = x->dir_ino;
		return 0;
	}
	*ino = EXT2_ROOT_INO;
	for (size_t at = 0; at < len; ) {
		ext2_ino_t above = *ino;
		size_t name = at;
		errcode_t err;

		at += strcspn(path + at, "/");
		memcpy(part, path, at);
		part[at] = 0;
		*ino = find(x->fs, part);
		if (!*ino && (err = make_dir(x->fs, above, part + name)))
			return err;
		if (!*ino)
			*ino = find(x->fs, part);
		at++;
	}
	memcpy(x->dir, path, len);
	x->dir[len] = 0;
	x->dir_ino = *ino;
	return 0;
}

/* ---- inodes ---- */

static void set_facts(struct ext2_inode_large *i, struct archive_entry *e)
{
	uint32_t t = (uint32_t)archive_entry_mtime(e);
	unsigned uid = (unsigned)archive_entry_uid(e);
	unsigned gid = (unsigned)archive_entry_gid(e);

	i->i_mode = (uint16_t)archive_entry_mode(e);
	i->i_uid = (uint16_t)uid;
	ext2fs_set_i_uid_high(*i, uid >> 16);
	i->i_gid = (uint16_t)gid;
	ext2fs_set_i_gid_high(*i, gid >> 16);
	i->i_atime = i->i_ctime = i->i_mtime = i->i_crtime = t;
	i->i_extra_isize = sizeof(*i) - EXT2_GOOD_OLD_INODE_SIZE;
}

static errcode_t write_facts(ext2_filsys fs, ext2_ino_t ino,
			     struct archive_entry *e)
{
	struct ext2_inode_large i;
	errcode_t err = ext2fs_read_inode_full(fs, ino, (void *)&i, sizeof(i));

	if (err)
		return err;
	set_facts(&i, e);
	return ext2fs_write_inode_full(fs, ino, (void *)&i, sizeof(i));
}

static errcode_t write_attributes(ext2_filsys fs, ext2_ino_t ino,
				  struct archive_entry *e)
{
	struct ext2_xattr_handle *h;
	const char *name;
	const void *value;
	size_t len;
	errcode_t err;

	if (!archive_entry_xattr_reset(e))
		return 0;
	err = ext2fs_xattrs_open(fs, ino, &h);
	if (err)
		return err;
	err = ext2fs_xattrs_read(h);
	while (!err && !archive_entry_xattr_next(e, &name, &value, &len))
		err = ext2fs_xattr_set(h, name, value, len);
	ext2fs_xattrs_close(&h);
	return err;
}

/* ---- data ---- */

static bool all_zero(const uint8_t *p, size_t len)
{
	return !len || (!p[0] && !memcmp(p, p + 1, len - 1));
}

/*
 * BLOCKS blocks of BUF to the place of logical block LOGICAL.  What is zero is
 * allocated but not written: the image is, and stays, sparse there.
 */
static errcode_t put_blocks(ext2_filsys fs, ext2_ino_t ino,
			    struct ext2_inode *inode, blk64_t logical,
			    unsigned blocks, const uint8_t *buf)
{
	blk64_t start = 0, next;
	unsigned run = 0;
	errcode_t err = 0;

	for (unsigned i = 0; !err && i <= blocks; i++) {
		bool zero = i == blocks || all_zero(buf + i * BLOCK, BLOCK);

		next = 0;
		if (!zero)
			err = ext2fs_bmap2(fs, ino, inode, NULL, 0,
					   logical + i, NULL, &next);
		if (run && (zero || next != start + run)) {
			if (!err)
				err = io_channel_write_blk64(fs->io, start,
					(int)run, buf + (i - run) * BLOCK);
			run = 0;
		}
		if (!zero && !run++)
			start = next;
	}
	return err;
}

static errcode_t reserve(ext2_filsys fs, ext2_ino_t ino,
			 struct ext2_inode *inode, uint64_t size)
{
	blk64_t blocks = (size + BLOCK - 1) / BLOCK;

	if (!blocks)
		return 0;
	return ext2fs_fallocate(fs, EXT2_FALLOCATE_FORCE_INIT, ino, inode,
				~0ull, 0, blocks);
}

/* -2: the data could not be read, reported. */
static errcode_t copy_data(struct ext *x, ext2_ino_t ino,
			   struct ext2_inode *inode, uint64_t size,
			   const char *path, struct tree_data *data)
{
	static uint8_t buf[CHUNK];
	errcode_t err = reserve(x->fs, ino, inode, size);
	uint64_t at = 0;

	while (!err && at < size) {
		ssize_t n = tree_read(data, buf, sizeof(buf));
		size_t whole;

		if (n < 0)
			return -2;
		if (!n || (uint64_t)n > size - at) {
			report_error("/%s: changed while it was read", path);
			return -2;
		}
		whole = ((size_t)n + BLOCK - 1) / BLOCK;
		memset(buf + n, 0, whole * BLOCK - (size_t)n);
		err = put_blocks(x->fs, ino, inode, at / BLOCK,
				 (unsigned)whole, buf);
		at += (uint64_t)n;
		x->done += (uint64_t)n;
		report_progress("writing the root file system", x->done,
				x->total);
	}
	return err;
}

/* ---- one entry ---- */

static int dirent_type(unsigned mode)
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

static errcode_t new_file(struct ext *x, ext2_ino_t parent, const char *path,
			  struct archive_entry *e, struct tree_data *data)
{
	const char *name = strrchr(path, '/');
	bool regular = archive_entry_filetype(e) == AE_IFREG;
	struct ext2_inode_large i = { 0 };
	struct ext2_inode *small = (struct ext2_inode *)&i;
	ext2_ino_t ino;
	errcode_t err;

	set_facts(&i, e);
	i.i_links_count = 1;
	err = ext2fs_new_inode(x->fs, parent, i.i_mode, NULL, &ino);
	if (!err)
		err = link_in(x->fs, parent, name ? name + 1 : path, ino,
			      dirent_type(i.i_mode));
	if (err)
		return err;
	ext2fs_inode_alloc_stats2(x->fs, ino, 1, 0);
	if (regular) {
		err = ext2fs_inode_size_set(x->fs, small,
					    (uint64_t)archive_entry_size(e));
		if (x->extents)
			i.i_flags |= EXT4_EXTENTS_FL;
	} else {
		unsigned major = major(archive_entry_rdev(e));
		unsigned minor = minor(archive_entry_rdev(e));

		/* Linux's "new" device numbers: 12 bits major, 20 minor. */
		i.i_block[1] = (minor & 0xff) | major << 8 |
			       (minor & ~0xffu) << 12;
	}
	if (!err && x->extents && regular) {
		ext2_extent_handle_t h;

		err = ext2fs_extent_open2(x->fs, ino, small, &h);
		if (!err)
			ext2fs_extent_free(h);
	}
	if (!err)
		err = ext2fs_write_inode_full(x->fs, ino, small, sizeof(i));
	if (!err && regular)
		err = copy_data(x, ino, small, (uint64_t)archive_entry_size(e),
				path, data);
	if (!err)
		err = ext2fs_write_inode_full(x->fs, ino, small, sizeof(i));
	return err ? err : write_attributes(x->fs, ino, e);
}

static errcode_t new_dir(struct ext *x, ext2_ino_t parent, const char *path,
			 struct archive_entry *e)
{
	const char *name = strrchr(path, '/');
	ext2_ino_t ino = find(x->fs, path);
	errcode_t err = ino ? 0 : make_dir(x->fs, parent,
					   name ? name + 1 : path);

	if (!err && !ino)
		ino = find(x->fs, path);
	if (!err)
		err = write_facts(x->fs, ino, e);
	return err ? err : write_attributes(x->fs, ino, e);
}

static errcode_t new_symlink(struct ext *x, ext2_ino_t parent,
			     const char *path, struct archive_entry *e)
{
	const char *name = strrchr(path, '/');
	ext2_ino_t ino;
	errcode_t err;

	name = name ? name + 1 : path;
	err = ext2fs_symlink(x->fs, parent, 0, name, archive_entry_symlink(e));
	if (err == EXT2_ET_DIR_NO_SPACE) {
		err = ext2fs_expand_dir(x->fs, parent);
		if (!err)
			err = ext2fs_symlink(x->fs, parent, 0, name,
					     archive_entry_symlink(e));
	}
	if (!err)
		err = ext2fs_lookup(x->fs, parent, name, (int)strlen(name),
				    NULL, &ino);
	return err ? err : write_facts(x->fs, ino, e);
}

static errcode_t new_hardlink(struct ext *x, ext2_ino_t parent,
			      const char *path, struct archive_entry *e)
{
	const char *name = strrchr(path, '/');
	const char *to = archive_entry_hardlink(e);
	struct ext2_inode inode;
	ext2_ino_t ino;
	errcode_t err;

	err = ext2fs_namei(x->fs, EXT2_ROOT_INO, EXT2_ROOT_INO, to, &ino);
	if (!err)
		err = ext2fs_read_inode(x->fs, ino, &inode);
	if (!err)
		err = link_in(x->fs, parent, name ? name + 1 : path, ino,
			      dirent_type(inode.i_mode));
	inode.i_links_count++;
	return err ? err : ext2fs_write_inode(x->fs, ino, &inode);
}

static int ext_add(struct tree_sink *sink, const char *path,
		   struct archive_entry *e, struct tree_data *data)
{
	struct ext *x = (struct ext *)sink;
	ext2_ino_t parent = EXT2_ROOT_INO;
	errcode_t err = path[0] ? parent_of(x, path, &parent) : 0;

	if (err)
		return failed(x, err, path);
	if (archive_entry_hardlink(e))
		err = new_hardlink(x, parent, path, e);
	else if (archive_entry_filetype(e) == AE_IFDIR)
		err = new_dir(x, parent, path, e);
	else if (archive_entry_filetype(e) == AE_IFLNK)
		err = new_symlink(x, parent, path, e);
	else
		err = new_file(x, parent, path, e, data);
	if (err == -2)
		return -1;
	return err ? failed(x, err, path) : 0;
}

int ext_write(ext2_filsys fs, const struct tree *t)
{
	struct ext x = {
		.sink = { ext_add }, .fs = fs, .total = t->bytes,
		.extents = ext2fs_has_feature_extents(fs->super),
	};

	return tree_walk(t, &x.sink);
}
