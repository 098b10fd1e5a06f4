/* Broken FAT file systems: each gives its error, and one clear message. */
#include "tests/unit/unit.h"

#include "loader/base/err.h"
#include "loader/fs/fat.h"
#include "tests/unit/badfs.h"
#include "tests/unit/testdisk.h"

static char *dir;

static void test_boot_sector(void **state)
{
	static const struct {
		unsigned off, bytes;
		uint32_t value;
		const char *text;
	} cases[] = {
		{ 11, 2, 0, "fat: broken boot sector" },	/* sector */
		{ 11, 2, 513, "fat: broken boot sector" },
		{ 11, 2, 8192, "fat: broken boot sector" },
		{ 13, 1, 0, "fat: broken boot sector" },	/* cluster */
		{ 13, 1, 3, "fat: broken boot sector" },
		{ 14, 2, 0, "fat: broken boot sector" },	/* reserved */
		{ 14, 2, 65535, "fat: no room for files" },
		{ 16, 1, 0, "fat: broken boot sector" },	/* tables */
		{ 16, 1, 255, "fat: no room for files" },
		{ 17, 2, 0, "fat: broken boot sector" },	/* root */
		{ 17, 2, 17, "fat: broken boot sector" },
		{ 17, 2, 65520, "fat: no room for files" },
		{ 19, 2, 3, "fat: no room for files" },		/* sectors */
		{ 21, 1, 0x12, "fat: broken boot sector" },	/* media */
		{ 22, 2, 0, "fat: broken boot sector" },	/* FAT size */
		{ 22, 2, 65535, "fat: no room for files" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct badfs b;

		badfs_copy(&b, badfs_size());
		memcpy(b.image + cases[i].off, &cases[i].value, cases[i].bytes);
		badfs_expect(badfs_mount(&b), ERR_FS_CORRUPT, cases[i].text);
		/* Nothing but the type says that it is FAT: it is not. */
		memset(b.image + 54, ' ', 8);
		if (strstr(cases[i].text, "broken"))
			badfs_expect(badfs_mount(&b), ERR_FS_MOUNT,
				     "no file system");
		badfs_free(&b);
	}
}

static void set_entry(struct badfs *b, unsigned n, unsigned v)
{
	const struct fat *fat = b->fs.priv;
	uint8_t *p = b->image + fat->table + n + n / 2;

	if (n % 2) {
		p[0] = (uint8_t)((p[0] & 0x0f) | v << 4);
		p[1] = (uint8_t)(v >> 4);
	} else {
		p[0] = (uint8_t)v;
		p[1] = (uint8_t)((p[1] & 0xf0) | v >> 8);
	}
}

static int read_all(struct badfs *b, const char *path)
{
	static char buf[20000];
	struct file f;
	int err;

	assert_int_equal(badfs_mount(b), 0);
	err = fs_open(&b->fs, path, &f);
	return err ? err : fs_read(&f, 0, f.size, buf);
}

static void test_chain(void **state)
{
	static const struct {
		unsigned value;		/* of the file's third cluster */
		const char *text;
	} cases[] = {
		{ 0, "is followed by 0" },
		{ 1, "is followed by 1" },
		{ 0xff0, "is followed by 4080" },
		{ 0xff7, "is followed by 4087" },
		{ 0xff8, "fat: chain from cluster" },	/* ends too soon */
		{ 0xfff, "fat: chain from cluster" },
	};
	struct badfs b;
	struct file f;
	unsigned first;

	badfs_copy(&b, badfs_size());
	assert_int_equal(read_all(&b, "/file"), 0);
	assert_int_equal(fs_open(&b.fs, "/file", &f), 0);
	first = ((struct fat_file *)f.priv)->first;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_entry(&b, first + 2, cases[i].value);
		badfs_expect(read_all(&b, "/file"), ERR_FS_CORRUPT,
			     cases[i].text);
	}
	/* A loop is as long as the file is said to be: wrong bytes, no hang. */
	set_entry(&b, first + 2, first);
	assert_int_equal(read_all(&b, "/file"), 0);
	badfs_free(&b);
}

static int count(void *ctx, const struct fs_dirent *d)
{
	++*(unsigned *)ctx;
	return 0;
}

static void test_directory_loop(void **state)
{
	struct badfs b;
	struct file f;
	unsigned first, n = 0;

	badfs_copy(&b, badfs_size());
	assert_int_equal(badfs_mount(&b), 0);
	assert_int_equal(fs_open(&b.fs, "/many", &f), 0);
	first = ((struct fat_file *)f.priv)->first;
	assert_int_equal(fs_list(&f, count, &n), 0);
	assert_int_equal(n, 100);
	set_entry(&b, first, first);
	badfs_expect(read_all(&b, "/many/none"), ERR_FS_CORRUPT,
	       "fat: chain from cluster");
	set_entry(&b, first, 0);
	badfs_expect(read_all(&b, "/many/none"), ERR_FS_CORRUPT,
		     "followed by 0");
	badfs_free(&b);
}

/* A file as large as the disk, and one without clusters. */
static void test_entry(void **state)
{
	struct badfs b;
	uint8_t *entry;

	badfs_copy(&b, badfs_size());
	entry = memmem(b.image, badfs_size(), "FILE       ", 11);
	assert_non_null(entry);
	memset(entry + 28, 0x7f, 4);
	badfs_expect(read_all(&b, "/file"), ERR_FS_CORRUPT,
		     "fat: /file: 2139062143");
	memset(entry + 28, 0, 4);
	entry[28] = 1;
	memset(entry + 26, 0, 2);
	badfs_expect(read_all(&b, "/file"), ERR_FS_CORRUPT,
		     "fat: no cluster 0");
	memset(entry + 26, 0xff, 2);
	badfs_expect(read_all(&b, "/file"), ERR_FS_CORRUPT,
		     "fat: no cluster 65535");
	badfs_free(&b);
}

static void test_truncated(void **state)
{
	for (size_t len = 0; len < badfs_size(); len += 512) {
		struct badfs b;
		int err;

		badfs_copy(&b, len);
		if (len < 512) {
			badfs_expect(badfs_mount(&b), ERR_FS_MOUNT,
				     "no file system");
		} else {
			err = read_all(&b, "/many/99");
			if (err)
				badfs_expect(err, ERR_OUTSIDE_PARTITION, "hd0");
		}
		badfs_free(&b);
	}
}

static int setup(void **state)
{
	dir = testdisk_mkdir();
	testdisk_sh(
		dir,
		"mkdir many; cd many; touch $(seq 100); cd ..; "
		"seq 3000 >FILE; truncate -s 256K i; mkfs.fat -F 12 -s 1 i; "
		    "mcopy -i i -s FILE many ::");
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
		cmocka_unit_test(test_boot_sector),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_directory_loop),
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
