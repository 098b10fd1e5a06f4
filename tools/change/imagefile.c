/*
 * Changing one file of an image's copy: ext2/3/4 through libext2fs, FAT through
 * mtools.  Boot loaders read by block lists, so every block is allocated, those
 * of zeroes as well.  The room is counted before anything is changed.
 */
#include <ext2fs/ext2fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/fs/fat.h"
#include "tools/change/imagecopy.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/image/fs/mkfs.h"
#include "tools/report.h"

struct change {
	const struct imagecopy *copy;
	const struct hostboot_place *at;
	const void *data;
	size_t len;
};

static int failed(const struct change *c, const char *why)
{
	return report_error("%s: %s: %s", c->copy->image, c->at->path, why);
}

static int no_room(const struct change *c, uint64_t missing)
{
	return report_error("%s: %s: no room for %zu bytes on its file "
			    "system, %lu KiB are missing", c->copy->image,
			    c->at->path, c->len, (missing + 1023) / 1024);
}

/* ---- ext2, ext3, ext4 ---- */

static const char *unfit(ext2_filsys fs)
{
	if (ext2fs_has_feature_journal_needs_recovery(fs->super))
		return "its file system was not unmounted: the journal must "
		       "be replayed first (boot the image, or e2fsck)";
	if (!(fs->super->s_state & EXT2_VALID_FS) ||
	    fs->super->s_state & EXT2_ERROR_FS)
		return "its file system is not clean: e2fsck first";
	if (ext2fs_has_feature_readonly(fs->super) ||
	    ext2fs_has_feature_shared_blocks(fs->super))
		return "its file system is read-only by a feature";
	return NULL;
}

/* Blocks for the content and, at the worst, for what lists them. */
static uint64_t blocks_for(ext2_filsys fs, uint64_t len)
{
	uint64_t n = (len + fs->blocksize - 1) / fs->blocksize;

	if (ext2fs_has_feature_extents(fs->super))
		return n;
	return n + n / (fs->blocksize / 4) + 4;
}

static bool is_inline(const struct ext2_inode *inode)
{
	return inode->i_flags & EXT4_INLINE_DATA_FL;
}

/* All blocks at once: few extents, and none left out. */
static errcode_t reserve(ext2_filsys fs, ext2_ino_t ino,
			 struct ext2_inode *inode, size_t len)
{
	blk64_t blocks = (len + fs->blocksize - 1) / fs->blocksize;
	errcode_t err = ext2fs_inode_size_set(fs, inode, len);

	if (!err && blocks)
		err = ext2fs_fallocate(fs, EXT2_FALLOCATE_FORCE_INIT, ino,
				       inode, ~0ull, 0, blocks);
	return err ? err : ext2fs_write_inode(fs, ino, inode);
}

/*
 * Inline data is moved to blocks by the library itself when it must be; for
 * that it has a buffer of few blocks, and does not look whether they do.
 */
static errcode_t fill(ext2_filsys fs, ext2_ino_t ino, struct ext2_inode *inode,
		      const struct change *c)
{
	errcode_t err = is_inline(inode) ? 0 : reserve(fs, ino, inode, c->len);
	errcode_t closed;
	ext2_file_t file;
	size_t done = 0, left;
	unsigned n;

	if (!err)
		err = ext2fs_file_open(fs, ino, EXT2_FILE_WRITE, &file);
	if (err)
		return err;
	for (; !err && (left = c->len - done); done += n)
		err = ext2fs_file_write(file, (const char *)c->data + done,
					left < fs->blocksize ? (unsigned)left :
					fs->blocksize, &n);
	if (!err)
		err = ext2fs_file_set_size2(file, c->len);
	closed = ext2fs_file_close(file);
	return err ? err : closed;
}

static int change_ext(ext2_filsys fs, const struct change *c)
{
	uint64_t need = blocks_for(fs, c->len), room;
	struct ext2_inode inode;
	ext2_ino_t ino;
	errcode_t err;

	if (unfit(fs))
		return failed(c, unfit(fs));
	err = ext2fs_read_bitmaps(fs);
	if (!err)
		err = ext2fs_namei_follow(fs, EXT2_ROOT_INO, EXT2_ROOT_INO,
					  c->at->path, &ino);
	if (!err)
		err = ext2fs_read_inode(fs, ino, &inode);
	if (err)
		return failed(c, error_message(err));
	room = ext2fs_free_blocks_count(fs->super) +
	       ext2fs_inode_i_blocks(fs, &inode) / (fs->blocksize / 512);
	if (room < need)
		return no_room(c, (need - room) * fs->blocksize);
	if (!is_inline(&inode))
		err = ext2fs_punch(fs, ino, &inode, NULL, 0, ~0ull);
	if (!err)
		err = fill(fs, ino, &inode, c);
	return err ? failed(c, error_message(err)) : 0;
}

static int replace_ext(const struct change *c)
{
	ext2_filsys fs;
	char where[40];
	errcode_t err;

	initialize_ext2_error_table();
	snprintf(where, sizeof(where), "offset=%lu", c->at->offset);
	err = ext2fs_open2(c->copy->name, where, EXT2_FLAG_RW |
			   EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs);
	if (err)
		return failed(c, error_message(err));
	if (change_ext(fs, c)) {
		ext2fs_free(fs);
		return -1;
	}
	err = ext2fs_close_free(&fs);
	return err ? failed(c, error_message(err)) : 0;
}

/* ---- FAT ---- */

/* Free clusters of FS, counted: what FAT32 notes of them may be stale. */
static int count_free(struct fs *fs, uint64_t *n)
{
	struct fat *fat = fs->priv;
	static uint8_t buf[FAT_WINDOW];	/* whole entries of every width */
	uint64_t per = sizeof(buf) * 8 / fat->bits;

	*n = 0;
	for (uint64_t i = 0; i < fat->clusters + 2ull; i++) {
		uint64_t k = i % per, bit = k * fat->bits,
			 at = i * fat->bits / 8;
		uint64_t left = fat->table_len > at ? fat->table_len - at : 0;
		uint32_t v = 0;

		if (!k && blk_pread(fs->blk, fat->table + at,
				    left < sizeof(buf) ? left : sizeof(buf),
				    buf))
			return -1;
		memcpy(&v, buf + bit / 8, bit / 8 + 4 <= sizeof(buf) ? 4 : 2);
		v = fat->bits == 12 ? v >> bit % 8 & 0xfff :
		    fat->bits == 16 ? v & 0xffff : v & 0x0fffffff;
		*n += i >= 2 && !v;
	}
	return 0;
}

static uint64_t clusters_for(const struct fs *fs, uint64_t len)
{
	const struct fat *fat = fs->priv;

	return (len + (1ull << fat->cluster_bits) - 1) >> fat->cluster_bits;
}

static int check_room(const struct change *c)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	struct hostdisk disk;
	uint64_t have = 0, need;
	struct file f;
	struct fs fs;

	err_clear();
	if (hostdisk_attach(&disk, "hd0", c->copy->fd,
			    hostdisk_sector(c->copy->fd)))
		return failed(c, err_text());
	disk.offset = c->at->offset;
	if (fs_mount(&fs, &disk.blk, &arena) ||
	    fs_open(&fs, c->at->path, &f) || count_free(&fs, &have))
		return failed(c, err_text());
	have += clusters_for(&fs, f.size);
	need = clusters_for(&fs, c->len);
	if (need <= have)
		return 0;
	return no_room(c, (need - have)
				  << ((struct fat *)fs.priv)->cluster_bits);
}

static int run_mcopy(const struct change *c, int fd)
{
	char image[64], from[32], to[LST_LINE_MAX + 8];
	const char *argv[] = { "mcopy", "-o", "-i", image, from, to, NULL };

	snprintf(image, sizeof(image), "%s@@%lu", c->copy->name, c->at->offset);
	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	snprintf(to, sizeof(to), "::%s", c->at->path);
	return mkfat_mtool(c->copy->image, argv);
}

static int replace_fat(const struct change *c)
{
	int fd, err;

	if (check_room(c))
		return -1;
	fd = memfd_create("file", 0);
	if (fd < 0 || write(fd, c->data, c->len) != (ssize_t)c->len)
		err = report_errno("%s: %s", c->copy->image, c->at->path);
	else
		err = run_mcopy(c, fd);
	close(fd);
	return err;
}

int imagecopy_replace(const struct imagecopy *copy,
		      const struct hostboot_place *at, const void *data,
		      size_t len)
{
	struct change c = { copy, at, data, len };

	return at->fat ? replace_fat(&c) : replace_ext(&c);
}
