/* Broken ext file systems: each gives its error, and one clear message. */
#include "tests/unit/unit.h"

#include "loader/base/err.h"
#include "loader/fs/ext.h"
#include "tests/unit/badfs.h"
#include "tests/unit/testdisk.h"

#define SUPER 1024u

static char *dir;
static void put(struct badfs *b, uint64_t off, unsigned bytes, uint64_t v)
{
	memcpy(b->image + off, &v, bytes);
}

static void test_super(void **state)
{
	static const struct {
		unsigned off, bytes;
		uint64_t value;
		int code;
		const char *text;
	} cases[] = {
		/* s_magic */
		{ 0x38, 2, 0, ERR_FS_MOUNT, "no file system" },
		/* s_feature_incompat; 0x42 is extents and filetype */
		{ 0x60, 4, 0x40000042, ERR_FS_MOUNT,
		  "ext4: feature 0x40000000 is not known to this loader" },
		{ 0x60, 4, 0x4a, ERR_FS_MOUNT, "ext4: a journal, no file" },
		{ 0x60, 4, 0x62, ERR_FS_MOUNT,
		  "ext4: feature 0x20 is not known to this loader" },
		/* s_log_block_size, s_blocks_per_group, s_inodes_per_group */
		{ 0x18, 4, 7, ERR_FS_CORRUPT, "superblock" },
		{ 0x18, 4, 22, ERR_FS_CORRUPT, "superblock" },
		{ 0x18, 4, UINT32_MAX, ERR_FS_CORRUPT, "superblock" },
		{ 0x20, 4, 0, ERR_FS_CORRUPT, "superblock" },
		{ 0x28, 4, 0, ERR_FS_CORRUPT, "superblock" },
		/* s_blocks_count: none, and more bytes than can be counted */
		{ 0x04, 4, 0, ERR_FS_CORRUPT, "superblock" },
		{ 0x150, 4, 0x80000000, ERR_FS_CORRUPT, "superblock" },
		/* s_inode_size, s_desc_size */
		{ 0x58, 2, 0, ERR_FS_CORRUPT, "superblock" },
		{ 0x58, 2, 130, ERR_FS_CORRUPT, "superblock" },
		{ 0x58, 2, 2048, ERR_FS_CORRUPT, "superblock" },
		{ 0xfe, 2, 16, ERR_FS_CORRUPT, "superblock" },
		{ 0xfe, 2, 33000, ERR_FS_CORRUPT, "superblock" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct badfs b;

		badfs_copy(&b, badfs_size());
		put(&b, SUPER + cases[i].off, cases[i].bytes, cases[i].value);
		badfs_expect(badfs_mount(&b), cases[i].code, cases[i].text);
		badfs_free(&b);
	}
}

/*
 * Wherever the image is cut off, what lies before the cut is read and the rest
 * is an error of its own.
 */
static void test_truncated(void **state)
{
	static const char *const path[] = { "/boot/k", "/pieces", "/link" };
	unsigned opened = 0, read = 0;
	struct badfs b;
	struct file f;

	for (size_t len = 0; len < badfs_size(); len += 512) {
		badfs_copy(&b, len);
		if (len < 2048)
			badfs_expect(badfs_mount(&b), ERR_FS_MOUNT,
				     "no file system");
		for (unsigned i = 0; len >= 2048 && i < 3; i++) {
			char buf[16];
			int err;

			assert_int_equal(badfs_mount(&b), 0);
			err = fs_open(&b.fs, path[i], &f);
			opened += !err;
			if (!err)
				err = fs_read(&f, f.size - 16, 16, buf);
			read += !err;
			if (err)
				badfs_expect(err, ERR_OUTSIDE_PARTITION,
					     "hd0");
		}
		badfs_free(&b);
	}
	assert_true(opened > 1000 && read > 1000);
}

/* The inode of PATH, for what it says of its blocks. */
static struct ext_inode inode_of(struct badfs *b, const char *path)
{
	struct file f;

	assert_int_equal(badfs_mount(b), 0);
	if (fs_open(&b->fs, path, &f))
		fail_msg("%s", err_text());
	return *(struct ext_inode *)f.priv;
}

/* Where an inode's i_block is in the image: by what it holds. */
static uint64_t i_block_at(struct badfs *b, const struct ext_inode *i)
{
	const uint8_t *p = memmem(b->image, badfs_size(), i->i_block,
				  sizeof(i->i_block));

	assert_non_null(p);
	return (uint64_t)(p - b->image);
}

static void read_broken(struct badfs *b, const char *path, const char *text)
{
	struct file f;
	char byte;
	int err = badfs_mount(b);

	assert_int_equal(err, 0);
	err = fs_open(&b->fs, path, &f);
	if (!err)
		err = fs_read(&f, 9000, 1, &byte);
	badfs_expect(err, ERR_FS_CORRUPT, text);
}

static void test_extents(void **state)
{
	struct ext_inode i;
	struct badfs b;
	uint64_t root, leaf;

	badfs_copy(&b, badfs_size());
	i = inode_of(&b, "/pieces");
	assert_int_equal(i.i_block[1] >> 16, 1);
	root = i_block_at(&b, &i);
	leaf = i.i_block[4] * 1024ull;

	put(&b, root + 16, 4, 0);		/* ei_leaf */
	read_broken(&b, "/pieces", "block 0 is outside");
	put(&b, root + 16, 4, 99999);
	read_broken(&b, "/pieces", "block 99999 is outside");
	put(&b, root + 16, 4, 1);		/* the superblock */
	read_broken(&b, "/pieces", "block map of inode");
	put(&b, root + 16, 4, i.i_block[4]);
	put(&b, root + 2, 2, 5);		/* eh_entries */
	read_broken(&b, "/pieces", "block map of inode");
	put(&b, root + 2, 2, i.i_block[0] >> 16);
	put(&b, leaf + 2, 2, 85);
	read_broken(&b, "/pieces", "block map of inode");
	put(&b, leaf + 2, 2, 2);
	put(&b, root + 6, 2, 6);		/* eh_depth */
	read_broken(&b, "/pieces", "block map of inode");
	put(&b, root + 6, 2, 2); /* a node that is its own child */
	put(&b, leaf + 6, 2, 1);
	put(&b, leaf + 12, 4, 0);
	put(&b, leaf + 16, 4, i.i_block[4]);
	put(&b, leaf + 20, 2, 0);
	put(&b, leaf + 2, 2, 1);
	read_broken(&b, "/pieces", "block map of inode");
	put(&b, root + 6, 2, 1);		/* an extent past the end */
	put(&b, leaf + 6, 2, 0);
	put(&b, leaf + 16, 2, 100);
	put(&b, leaf + 18, 2, 0x1000);
	read_broken(&b, "/pieces", "block map of inode");
	badfs_free(&b);
}

static void test_directory(void **state)
{
	static const struct {
		unsigned off, bytes, value;
		const char *text;
	} cases[] = {
		{ 4, 2, 0, "directory in inode 2" },	/* rec_len */
		{ 4, 2, 7, "directory in inode 2" },
		{ 4, 2, 11, "directory in inode 2" },
		{ 4, 2, 1028, "directory in inode 2" },
		{ 4, 2, 65535, "directory in inode 2" },
		{ 4, 2, 1020, "directory in inode 2" },	/* 4 bytes left */
		{ 6, 1, 200, "directory in inode 2" },	/* name_len */
		{ 6, 1, 0, "directory in inode 2" },
	};
	struct ext_inode i;
	struct file f;
	struct badfs b;
	char *boot;

	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		badfs_copy(&b, badfs_size());
		i = inode_of(&b, "/");
		put(&b, i.i_block[5] * 1024ull + cases[n].off, cases[n].bytes,
		    cases[n].value);
		read_broken(&b, "/boot/k", cases[n].text);
		assert_int_equal(badfs_mount(&b), 0);
		assert_int_equal(fs_open(&b.fs, "/", &f), 0);
		badfs_expect(fs_list(&f, NULL, NULL), ERR_FS_CORRUPT,
			     cases[n].text);
		badfs_free(&b);
	}
	badfs_copy(&b, badfs_size());
	i = inode_of(&b, "/");
	boot = memmem(b.image + i.i_block[5] * 1024ull, 1024, "boot", 4);
	assert_non_null(boot);
	memset(boot - 8, 0xff, 4);
	read_broken(&b, "/boot/k", "no inode 4294967295");
	badfs_free(&b);
}

/* "lost+found" is the third entry; no path can name it with these. */
static void test_names(void **state)
{
	static const char bad[] = { 0, '/' };

	for (size_t n = 0; n < sizeof(bad); n++) {
		struct ext_inode i;
		struct badfs b;
		struct file f;

		badfs_copy(&b, badfs_size());
		i = inode_of(&b, "/");
		put(&b, i.i_block[5] * 1024ull + 24 + 8, 1, bad[n]);
		assert_int_equal(badfs_mount(&b), 0);
		assert_int_equal(fs_open(&b.fs, "/boot/k", &f), 0);
		assert_int_equal(fs_open(&b.fs, "/", &f), 0);
		badfs_expect(fs_list(&f, NULL, NULL), ERR_FS_CORRUPT,
			     "directory in inode 2");
		badfs_free(&b);
	}
}

/* A directory of a terabyte, a link of a megabyte, a size beyond all blocks. */
static void test_sizes(void **state)
{
	struct ext_inode i;
	struct badfs b;

	badfs_copy(&b, badfs_size());
	i = inode_of(&b, "/boot");
	put(&b, i_block_at(&b, &i) - 40 + 4, 4, 0x40000000);
	assert_int_equal(badfs_mount(&b), 0);
	badfs_expect(fs_open(&b.fs, "/boot/k", &(struct file){ 0 }),
		     ERR_FILE_LENGTH, "directory of 1073741824 bytes in inode");
	put(&b, i_block_at(&b, &i) - 40 + 4, 4, 1025);
	read_broken(&b, "/boot/k", "ext4: size 1025 of inode");
	badfs_free(&b);
	badfs_copy(&b, badfs_size());
	i = inode_of(&b, "/pieces");
	put(&b, i_block_at(&b, &i) - 40 + 0x6c, 4, 0x40000000);
	read_broken(&b, "/pieces", "ext4: size 46");
	put(&b, i_block_at(&b, &i) - 40, 2, 0120777);
	put(&b, i_block_at(&b, &i) - 40 + 0x6c, 4, 0);
	put(&b, i_block_at(&b, &i) - 40 + 4, 4, 1 << 20);
	assert_int_equal(badfs_mount(&b), 0);
	assert_int_equal(fs_open(&b.fs, "/pieces", &(struct file){ 0 }),
			 ERR_FILENAME);
	badfs_free(&b);
}

static int setup(void **state)
{
	dir = testdisk_mkdir();
	testdisk_sh(dir,
		    "mkdir -p tree/boot; cd tree; echo a kernel, so to say "
		    ">boot/k; perl -e 'for (0..6) { seek STDOUT, $_ * 9000, 0; "
		    "print \"a piece of something\" }' >pieces; "
		    "ln -s pieces link; cd ..; truncate -s 256K i; "
		    "mke2fs -q -t ext4 -b 1024 -N 32 -O ^has_journal,64bit,"
		    "^resize_inode -d tree i");
	badfs_take(dir, "i");
	return 0;
}

static int teardown(void **state)
{
	testdisk_rmdir(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_super),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_extents),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
