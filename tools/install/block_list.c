/*
 * libext2fs works on a scratch copy; what a step changes there is what it
 * writes to the disk.  The old files keep their blocks, which the old boot
 * block names, until the new boot block is written.
 */
#include "tools/install/block_list.h"

#include <et/com_err.h>
#include <ext2fs/ext2fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/disk/bootblock.h"
#include "tools/image/disk/boot_install.h"
#include "tools/image/tree/filetree.h"
#include "tools/install/difference.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define SECTOR 512u
#define SLACK (1u << 20)	/* what directories and extents may take */

enum { STAGE2, HV, FILES };

/* Of a file in /boot/twinboot, and of the one that it replaces. */
static const struct {
	const char *name, *old;
} names[FILES] = {
	[STAGE2] = { "stage2.bin", "stage2.old" },
	[HV] = { "hv.elf", "hv.old" },
};

struct block_list {
	struct writes *w;
	uint64_t size;
	int old, new;		/* scratch copies: as written so far; changed */
	char name[32];		/* of the latter */
	struct {
		uint8_t *data;	/* NULL: it is not put there */
		unsigned len;
		ext2_ino_t ino;
	} file[FILES];
};

static int failed(errcode_t err)
{
	return report_error("boot code: %s", error_message(err));
}

static errcode_t open_fs(struct block_list *b, ext2_filsys *fs)
{
	errcode_t err = ext2fs_open(b->name, EXT2_FLAG_RW | EXT2_FLAG_64BITS,
				    0, 0, unix_io_manager, fs);

	if (err)
		return err;
	(*fs)->now = filetree_time();
	err = ext2fs_read_bitmaps(*fs);
	if (err)
		ext2fs_close_free(fs);
	return err;
}

/* The directory DIR's entry NAME, made a directory where it is missing. */
static errcode_t enter(ext2_filsys fs, ext2_ino_t *dir, const char *name)
{
	ext2_ino_t found;
	errcode_t err = ext2fs_lookup(fs, *dir, name, (int)strlen(name), NULL,
				      &found);

	if (err == EXT2_ET_FILE_NOT_FOUND) {
		err = ext2fs_mkdir(fs, *dir, 0, name);
		if (err == EXT2_ET_DIR_NO_SPACE &&
		    !(err = ext2fs_expand_dir(fs, *dir)))
			err = ext2fs_mkdir(fs, *dir, 0, name);
		if (!err)
			err = ext2fs_lookup(fs, *dir, name, (int)strlen(name),
					    NULL, &found);
	}
	if (!err)
		*dir = found;
	return err;
}

static errcode_t find_dir(ext2_filsys fs, ext2_ino_t *dir)
{
	errcode_t err;

	*dir = EXT2_ROOT_INO;
	err = enter(fs, dir, "boot");
	return err ? err : enter(fs, dir, "twinboot");
}

static errcode_t link_name(ext2_filsys fs, ext2_ino_t dir, const char *name,
			   ext2_ino_t ino)
{
	errcode_t err = ext2fs_link(fs, dir, name, ino, EXT2_FT_REG_FILE);

	if (err == EXT2_ET_DIR_NO_SPACE && !(err = ext2fs_expand_dir(fs, dir)))
		err = ext2fs_link(fs, dir, name, ino, EXT2_FT_REG_FILE);
	return err;
}

/* An earlier file, with its blocks. */
static errcode_t drop(ext2_filsys fs, ext2_ino_t dir, const char *name)
{
	struct ext2_inode inode;
	ext2_ino_t ino;
	errcode_t err = ext2fs_lookup(fs, dir, name, (int)strlen(name), NULL,
				      &ino);

	if (err)
		return err == EXT2_ET_FILE_NOT_FOUND ? 0 : err;
	if ((err = ext2fs_unlink(fs, dir, name, ino, 0)) ||
	    (err = ext2fs_punch(fs, ino, NULL, NULL, 0, ~0ull)) ||
	    (err = ext2fs_read_inode(fs, ino, &inode)))
		return err;
	inode.i_links_count = 0;
	inode.i_dtime = (uint32_t)fs->now;
	ext2fs_inode_alloc_stats2(fs, ino, -1, 0);
	return ext2fs_write_inode(fs, ino, &inode);
}

static errcode_t write_bytes(ext2_filsys fs, ext2_ino_t ino, const void *data,
			     unsigned len)
{
	ext2_file_t file;
	unsigned done = 0;
	errcode_t err = ext2fs_file_open(fs, ino, EXT2_FILE_WRITE, &file), last;

	if (err)
		return err;
	err = ext2fs_file_write(file, data, len, &done);
	last = ext2fs_file_close(file);
	return err ? err : last ? last : done == len ? 0 : EXT2_ET_SHORT_WRITE;
}

static errcode_t make_file(ext2_filsys fs, ext2_ino_t dir, const void *data,
			   unsigned len, ext2_ino_t *ino)
{
	struct ext2_inode inode = { .i_mode = LINUX_S_IFREG | 0644,
				    .i_links_count = 1 };
	errcode_t err = ext2fs_new_inode(fs, dir, inode.i_mode, NULL, ino);

	if (err)
		return err;
	ext2fs_inode_alloc_stats2(fs, *ino, 1, 0);
	inode.i_mtime = inode.i_ctime = inode.i_atime = (uint32_t)fs->now;
	if (ext2fs_has_feature_extents(fs->super)) {
		ext2_extent_handle_t handle;

		inode.i_flags = EXT4_EXTENTS_FL;
		if ((err = ext2fs_write_new_inode(fs, *ino, &inode)) ||
		    (err = ext2fs_extent_open2(fs, *ino, &inode, &handle)))
			return err;
		ext2fs_extent_free(handle);
	}
	err = ext2fs_write_new_inode(fs, *ino, &inode);
	return err ? err : write_bytes(fs, *ino, data, len);
}

/* The new files, as yet without names. */
static errcode_t put_files(ext2_filsys fs, struct block_list *b)
{
	ext2_ino_t dir;
	errcode_t err = find_dir(fs, &dir);

	for (unsigned i = 0; !err && i < FILES; i++)
		if (b->file[i].data && !(err = drop(fs, dir, names[i].old)))
			err = make_file(fs, dir, b->file[i].data,
					b->file[i].len, &b->file[i].ino);
	return err;
}

/* The old file under another name, the new one under its own. */
static errcode_t name_file(ext2_filsys fs, ext2_ino_t dir, unsigned i,
			   ext2_ino_t ino)
{
	const char *name = names[i].name;
	ext2_ino_t old;
	errcode_t err = ext2fs_lookup(fs, dir, name, (int)strlen(name), NULL,
				      &old);

	if (!err && !(err = ext2fs_unlink(fs, dir, name, old, 0)))
		err = link_name(fs, dir, names[i].old, old);
	else if (err == EXT2_ET_FILE_NOT_FOUND)
		err = 0;
	return err ? err : link_name(fs, dir, name, ino);
}

static errcode_t name_files(ext2_filsys fs, struct block_list *b)
{
	ext2_ino_t dir;
	errcode_t err = find_dir(fs, &dir);

	for (unsigned i = 0; !err && i < FILES; i++)
		if (b->file[i].data)
			err = name_file(fs, dir, i, b->file[i].ino);
	return err;
}

static errcode_t drop_files(ext2_filsys fs, struct block_list *b)
{
	ext2_ino_t dir;
	errcode_t err = find_dir(fs, &dir);

	for (unsigned i = 0; !err && i < FILES; i++)
		if (b->file[i].data)
			err = drop(fs, dir, names[i].old);
	return err;
}

/* Without room for both, hv.elf stays away. */
static void check_room(struct block_list *b, ext2_filsys fs)
{
	uint64_t room = ext2fs_free_blocks_count(fs->super) * fs->blocksize;

	if (!b->file[HV].data || room >= SLACK + b->file[STAGE2].len +
	    (uint64_t)b->file[HV].len)
		return;
	report_note("no room for hv.elf: over BIOS nothing starts as a PV "
		    "guest");
	free(b->file[HV].data);
	b->file[HV].data = NULL;
}

/* Whether libext2fs may write to it, all of which must be there. */
static int check(struct block_list *b, char why[160])
{
	ext2_filsys fs;
	errcode_t err = open_fs(b, &fs);

	if (err) {
		snprintf(why, 160, "no ext file system that can be written: "
			 "%.80s", error_message(err));
		return 1;
	}
	if (ext2fs_blocks_count(fs->super) > b->size / fs->blocksize)
		snprintf(why, 160, "the file system has %llu blocks of %u "
			 "bytes, but only %lu bytes are there: it is cut short",
			 ext2fs_blocks_count(fs->super), fs->blocksize,
			 b->size);
	else if (ext2fs_has_feature_journal_needs_recovery(fs->super) ||
		 !(fs->super->s_state & EXT2_VALID_FS))
		snprintf(why, 160, "the file system was not unmounted (e2fsck "
			 "mends that)");
	else
		check_room(b, fs);
	ext2fs_free(fs);
	return why[0] ? 1 : 0;
}

/* What EDIT changes is one step. */
static int step(struct block_list *b, const char *what,
		errcode_t (*edit)(ext2_filsys fs, struct block_list *b))
{
	ext2_filsys fs;
	errcode_t err = open_fs(b, &fs), last;

	if (err)
		return failed(err);
	err = edit(fs, b);
	last = ext2fs_close_free(&fs);
	if (err || last)
		return failed(err ? err : last);
	writes_step(b->w);
	return difference_add(b->w, b->old, b->new, b->size, 0, what);
}

/* Its second sector has the list: the code that is there reads the new one. */
static int put_block(struct block_list *b, const struct recipe *r)
{
	uint8_t block[BOOT_EXT_SIZE];
	struct recipe bare = *r;

	bare.table = PART_NONE;
	if (boot_install_write_bios(&bare, false, b->new))
		return -1;
	if (pread(b->new, block, sizeof(block), 0) != sizeof(block) ||
	    tempfile_write(b->old, 0, block, sizeof(block)))
		return report_errno("a scratch file");
	writes_step(b->w);
	writes_add(b->w, SECTOR, block + SECTOR, SECTOR, "boot block");
	writes_step(b->w);
	writes_add(b->w, 0, block, SECTOR, "boot block");
	return 0;
}

/*
 * The old stage 2 is found by its blocks, hv.elf by its name: each is whole
 * before the other's name or the boot block changes.
 */
static int plan(struct block_list *b, const struct recipe *r)
{
	if (step(b, "new files", put_files) ||
	    step(b, "their names", name_files) || put_block(b, r))
		return -1;
	return step(b, "old files", drop_files);
}

/* NAME of the boot directory, MAX bytes at most. */
static int take(struct block_list *b, const struct recipe *r, unsigned i,
		unsigned max)
{
	ssize_t n;

	b->file[i].data = malloc(max + 1);
	if (!b->file[i].data)
		abort();
	n = boot_install_read(r, names[i].name, b->file[i].data, max + 1);
	b->file[i].len = (unsigned)n;
	return n < 0 ? -1 : 0;
}

static int take_files(struct block_list *b, const struct recipe *r)
{
	char *hv = boot_install_find(r, names[HV].name);
	int err = take(b, r, STAGE2, STAGE2_MAX + STAGE2_SECOND_MAX);

	if (!err && hv)
		err = take(b, r, HV, BOOT_HV_MAX);
	free(hv);
	return err;
}

int block_list_plan(struct writes *w, const struct recipe *r, int fd,
		    uint64_t size, char why[160])
{
	struct block_list b = { .w = w, .size = size, .old = -1, .new = -1 };
	int err = take_files(&b, r);

	add_error_table(&et_ext2_error_table);
	if (!err) {
		b.old = tempfile_open(NULL);
		b.new = b.old < 0 ? -1 : tempfile_open(NULL);
		err = b.new < 0 || difference_copy(fd, 0, size, b.old) ||
		      difference_copy(fd, 0, size, b.new) ? -1 : 0;
	}
	if (!err) {
		tempfile_name(b.new, b.name);
		err = check(&b, why);
		if (!err)
			err = plan(&b, r);
	}
	for (unsigned i = 0; i < FILES; i++)
		free(b.file[i].data);
	if (b.old >= 0)
		close(b.old);
	if (b.new >= 0)
		close(b.new);
	return err;
}
