/*
 * An ext2/3/4 file system: mke2fs makes an empty one, libext2fs fills it
 * (ext_write.c), so owners, devices and attributes need no root, and every time
 * stamp is ours.
 */
#include "tools/image/mkfs.h"

#include <stdio.h>

#include "tools/image/ext_write.h"
#include "tools/proc.h"
#include "tools/report.h"

#define BLOCK 4096u

/* What our reader reads, and Debian 12's kernels and GRUB as well. */
static const char *const features[] = {
	[FS_EXT2] = "none,ext_attr,resize_inode,dir_index,filetype,"
		    "sparse_super,large_file",
	[FS_EXT3] = "none,has_journal,ext_attr,resize_inode,dir_index,filetype,"
		    "sparse_super,large_file",
	[FS_EXT4] = "none,has_journal,ext_attr,resize_inode,dir_index,filetype,"
		    "extent,64bit,flex_bg,sparse_super,large_file,huge_file,"
		    "dir_nlink,extra_isize,metadata_csum",
};


static unsigned journal_mb(uint64_t size)
{
	if (size < 256ull << 20)
		return 4;
	return size < 1ull << 30 ? 16 : 64;
}

static int make_empty(const struct mkfs *m, const struct tree *t)
{
	char options[160], blocks[24], inodes[24], journal[24], fake[48];
	uint64_t n_inodes = t->entries + t->entries / 8 + 128;
	const char *argv[] = {
		"mke2fs", "-q", "-F", "-b", "4096", "-I", "256", "-m", "0",
		"-E", options, "-U", m->uuid, "-O", features[m->fs],
		"-N", inodes, "-L", m->label ? m->label : "", "-J", journal,
		m->image, blocks, NULL
	};
	/* The machine's own mke2fs.conf must not change the image. */
	const char *env[] = { "MKE2FS_CONFIG=/dev/null", fake, NULL };

	if (n_inodes < m->size / 16384)
		n_inodes = m->size / 16384;
	snprintf(options, sizeof(options), "offset=%lu,hash_seed=%s,"
		 "root_owner=0:0,assume_storage_prezeroed=1,nodiscard",
		 m->offset, m->uuid);
	snprintf(blocks, sizeof(blocks), "%lu", m->size / BLOCK);
	snprintf(inodes, sizeof(inodes), "%lu", n_inodes);
	snprintf(journal, sizeof(journal), "size=%u", journal_mb(m->size));
	snprintf(fake, sizeof(fake), "E2FSPROGS_FAKE_TIME=%ld", tree_time());
	if (m->fs == FS_EXT2) {
		argv[19] = m->image;
		argv[20] = blocks;
		argv[21] = NULL;
	}
	return proc_run(argv, env);
}

int mkext_write(const struct mkfs *m, const struct tree *t)
{
	ext2_filsys fs;
	char where[40];
	errcode_t err;
	int ret;

	if (make_empty(m, t))
		return -1;
	initialize_ext2_error_table();
	snprintf(where, sizeof(where), "offset=%lu", m->offset);
	err = ext2fs_open2(m->image, where, EXT2_FLAG_RW | EXT2_FLAG_64BITS, 0,
			   BLOCK, unix_io_manager, &fs);
	if (!err)
		err = ext2fs_read_bitmaps(fs);
	if (err)
		return report_error("%s: %s", m->image, error_message(err));
	fs->now = tree_time();
	ret = ext_write(fs, t);
	err = ext2fs_close_free(&fs);
	if (err && !ret)
		ret = report_error("root file system: %s", error_message(err));
	return ret;
}

uint64_t mkext_need(const struct tree *t)
{
	/* Inodes and directory blocks, then a tenth of air. */
	uint64_t need = t->bytes + t->entries * 512 + (1 << 20);

	need += need / 10 + (4 << 20);
	return need + ((uint64_t)journal_mb(need) << 20);
}
