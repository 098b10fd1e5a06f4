/*
 * The ext2/3/4 reader on images that mke2fs makes: a tree of files is put
 * into an image with each set of features, and every file read back.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/fs/fs.h"
#include "tests/unit/testdisk.h"

static char *dir;

struct mounted {
	struct testdisk disk;
	struct arena arena;
	struct fs fs;
};

static int mount_image(struct mounted *m, const char *image, uint32_t sector)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/%s", dir, image);
	testdisk_open(&m->disk, name, sector);
	testdisk_arena(&m->arena, 4 << 20);
	assert_int_equal(blk_cache_attach(&m->disk.blk, &m->arena), 0);
	err_clear();
	return fs_mount(&m->fs, &m->disk.blk, &m->arena);
}

static void unmount(struct mounted *m)
{
	free(m->arena.base);
	testdisk_close(&m->disk);
	err_clear();
}

/* The file PATH of the image has exactly the bytes of LIKE on the host. */
static void same(struct mounted *m, const char *path, const char *like)
{
	char name[256];
	struct file f;
	uint8_t *want, *got;
	long size;
	FILE *in;
	int err;

	snprintf(name, sizeof(name), "%s/%s", dir, like);
	in = fopen(name, "r");
	assert_non_null(in);
	fseek(in, 0, SEEK_END);
	size = ftell(in);
	rewind(in);
	want = malloc(size + 1);
	got = malloc(size + 1);
	assert_int_equal(fread(want, 1, size, in), size);
	fclose(in);
	err = fs_open(&m->fs, path, &f);
	if (err)
		fprintf(stderr, "%s\n", err_text());
	assert_int_equal(err, 0);
	assert_int_equal(f.size, size);
	err = fs_read(&f, 0, size, got);
	if (err)
		fprintf(stderr, "%s\n", err_text());
	assert_int_equal(err, 0);
	assert_memory_equal(got, want, size);
	free(want);
	free(got);
}

static void test_plain(void **state)
{
	struct mounted m;

	testdisk_sh(dir, "truncate -s 64M a; mke2fs -q -t ext4 -L abc -d tree a");
	assert_int_equal(mount_image(&m, "a", 512), 0);
	assert_string_equal(m.fs.label, "abc");
	same(&m, "/big", "tree/big");
	same(&m, "/boot/link", "tree/big");
	same(&m, "/boot/grub/menu.lst", "tree/boot/grub/menu.lst");
	unmount(&m);
}

static int setup(void **state)
{
	dir = testdisk_mkdir();
	testdisk_sh(dir, "mkdir -p tree/boot/grub; cd tree; "
		    "head -c 9000000 /dev/urandom >big; "
		    "echo default 0 >boot/grub/menu.lst; "
		    "ln -s ../big boot/link");
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
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
