/*
 * Copies of images, and files in them exchanged: what e2fsck, fsck.fat and our
 * own readers find afterwards, and what is refused in which words.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "tests/unit/testfs.h"
#include "tools/change/imagecopy.h"
#include "tools/report.h"

#define PART (1u << 20)		/* where the file system begins */

static char *dir;
static char image[4096];
static struct imagecopy copy;

static int setup(void **state)
{
	char tmp[4096];

	dir = testdisk_mkdir();
	snprintf(image, sizeof(image), "%s/img", dir);
	snprintf(tmp, sizeof(tmp), "%s/tmp", dir);
	testdisk_sh(dir, "mkdir tmp");
	return setenv("TMPDIR", tmp, 1);
}

static int teardown(void **state)
{
	testdisk_sh(dir, "test -z \"$(ls -A tmp)\"");
	unsetenv("TMPDIR");
	testdisk_rmdir(dir);
	return 0;
}

static int copy_image(const char *name)
{
	struct image img;
	int err = image_open(&img, name, false);

	if (err)
		return err;
	err = imagecopy_make(&copy, &img);
	image_close(&img);
	return err;
}

/* MKFS makes "part", of SIZE, with root/boot/i and root/boot/m in it. */
static void make_image(const char *size, const char *mkfs)
{
	testdisk_sh(dir, "rm -rf root part img; mkdir -p root/boot\n"
		    "head -c 300000 /dev/urandom >root/boot/i\n"
		    "echo short >root/boot/m; ln -s boot/i root/link\n"
		    "truncate -s %s part; %s\n"
		    "truncate -s 1M img; cat part >>img; sha256sum img >sum",
		    size, mkfs);
	assert_int_equal(copy_image(image), 0);
}

/* The copy goes; IMAGE has not changed. */
static void drop(void)
{
	imagecopy_drop(&copy);
	testdisk_sh(dir, "sha256sum -c sum; test -z \"$(ls -A tmp)\"");
}

static int replace(const char *path, bool fat, const void *data, size_t len)
{
	struct hostboot_place at = { .offset = PART, .fat = fat };

	strcpy(at.path, path);
	return imagecopy_replace(&copy, &at, data, len);
}

static void says(const char *text)
{
	if (!strstr(report_last(), text))
		fail_msg("\"%s\" is not in \"%s\"", text, report_last());
}

/* LEN bytes that are no zeroes but in their middle third; in a file too. */
static char *make_data(const char *name, size_t len)
{
	char path[4096], *data = malloc(len + 1);
	FILE *f;

	for (size_t i = 0; i < len; i++)
		data[i] = i / 3 > len / 9 && i / 3 < len / 9 * 2 ? 0 :
			  (char)(i % 251 + 1);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
	return data;
}

static void no_holes(struct testfs *t, const char *path)
{
	struct file f;
	struct extent run;

	testfs_find(t, path, &f);
	for (uint64_t off = 0; off < f.size; off += run.len) {
		assert_int_equal(f.fs->driver->map(&f, off, &run), 0);
		assert_int_not_equal(run.kind, EXTENT_HOLE);
	}
}

static void swap(const char *size, const char *mkfs, bool fat,
		 const char *check)
{
	static const size_t i_len[] = { 2500001, 299999 },
			    m_len[] = { 4000, 0 };
	struct testfs t;

	make_image(size, mkfs);
	for (unsigned i = 0; i < 2; i++) {
		char *i_data = make_data("i", i_len[i]);
		char *m_data = make_data("m", m_len[i]);

		assert_int_equal(replace(fat ? "/boot/i" : "/link", fat, i_data,
					 i_len[i]), 0);
		assert_int_equal(replace("/boot/m", fat, m_data, m_len[i]),
				 0);
		free(i_data);
		free(m_data);
		testdisk_sh(dir, "tail -c +%u %s >out; %s out", PART + 1,
			    copy.name, check);
		testfs_mount(&t, dir, "out", 512);
		testfs_same_file(&t, "/boot/i", dir, "i");
		testfs_same_file(&t, "/boot/m", dir, "m");
		no_holes(&t, "/boot/i");
		testfs_unmount(&t);
	}
	drop();
}

#define EXT "mke2fs -q -d root "

static void test_ext(void **state)
{
	static const char *const mkfs[] = {
		EXT "-t ext2 -b 1024 part", EXT "-t ext3 part",
		EXT "-t ext4 part", EXT "-t ext4 -b 1024 part",
		EXT "-t ext4 -O inline_data -I 256 part",
		EXT "-t ext4 -O ^metadata_csum,^64bit,bigalloc part",
	};

	for (size_t i = 0; i < sizeof(mkfs) / sizeof(mkfs[0]); i++)
		swap("10M", mkfs[i], false, "e2fsck -fn");
}

#define FAT(options) "mkfs.fat " options " part; mcopy -s -i part root/boot ::/"

static void test_fat(void **state)
{
	static const char *const mkfs[][2] = {
		{ "5M", FAT("-F 12 -s 4") }, { "20M", FAT("-F 16 -s 2") },
		{ "40M", FAT("-F 32 -s 1") },
	};

	for (size_t i = 0; i < sizeof(mkfs) / sizeof(mkfs[0]); i++)
		swap(mkfs[i][0], mkfs[i][1], true, "fsck.fat -n");
}

/* What is said to be missing is what is missing. */
static void lacks(const char *size, const char *mkfs, bool fat)
{
	size_t len = 9 << 20, missing;
	char *data = make_data("i", len);

	make_image(size, mkfs);
	assert_int_equal(replace("/boot/i", fat, data, len), -1);
	says("img: /boot/i: no room for 9437184 bytes on its file system, ");
	missing = strtoul(strstr(report_last(), "system, ") + 8, NULL, 10);
	assert_in_range(missing, 2 << 10, 7 << 10);
	len -= missing * 1024;
	assert_int_equal(replace("/boot/i", fat, data, len), 0);
	assert_int_equal(replace("/boot/i", fat, data, len + (256 << 10)), -1);
	says("no room for ");
	free(data);
	drop();
}

static void test_no_room(void **state)
{
	lacks("6M", EXT "-t ext2 -b 1024 part", false);
	lacks("6M", EXT "-t ext4 part", false);
	lacks("5M", FAT("-F 12 -s 4"), true);
	lacks("6M", FAT("-F 16 -s 2"), true);
}

static void refuses(const char *command, const char *text)
{
	char mkfs[300];

	snprintf(mkfs, sizeof(mkfs), EXT "-t ext4 part; %s", command);
	make_image("4M", mkfs);
	assert_int_equal(replace("/boot/m", false, "x", 1), -1);
	says("img: /boot/m: ");
	says(text);
	drop();
}

static void test_refusals(void **state)
{
	refuses("debugfs -w -R 'feature needs_recovery' part",
		"the journal must be replayed first");
	refuses("debugfs -w -R 'ssv state 0' part", "not clean: e2fsck first");
	refuses("debugfs -w -R 'ssv state 2' part", "not clean: e2fsck first");
	refuses("debugfs -w -R 'feature read-only' part", "read-only by a");
	refuses("debugfs -w -R 'feature FEATURE_R30' part", "read-only");
	refuses("dd if=/dev/zero of=part bs=1k seek=1 count=1 conv=notrunc",
		"Bad magic number");
	refuses("debugfs -w -R 'rm /boot/m' part", "File not found");
}

static void test_sparse(void **state)
{
	struct stat st;

	testdisk_sh(dir,
		    "rm -f img; truncate -s 200M img; echo x | dd of=img bs=1M "
		    "seek=150 conv=notrunc\nhead -c 5M /dev/zero | dd of=img "
		    "bs=1M seek=7 conv=notrunc; sha256sum img >sum");
	assert_int_equal(copy_image(image), 0);
	assert_int_equal(fstat(copy.fd, &st), 0);
	assert_true(st.st_blocks * 512 < 1 << 20);
	testdisk_sh(dir, "cmp img %s", copy.name);
	drop();
}

static void test_nowhere(void **state)
{
	char tmp[4096];

	assert_int_equal(copy_image("/nothing/here"), -1);
	says("/nothing/here: No such file or directory");
	snprintf(tmp, sizeof(tmp), "%s", getenv("TMPDIR"));
	setenv("TMPDIR", "/nothing", 1);
	assert_int_equal(copy_image(image), -1);
	says("no temporary file in /nothing: No such file");
	setenv("TMPDIR", tmp, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ext),
		cmocka_unit_test(test_fat),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_nowhere),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
