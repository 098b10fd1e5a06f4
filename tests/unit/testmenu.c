#include "tests/unit/unit.h"

#include "tests/unit/testmenu.h"

#include <stdlib.h>

#define MAKE_HD0 "rm -f hd0; truncate -s 4M hd0; " \
	"echo 2048 | sfdisk -q hd0; mke2fs -q -d root -E offset=1048576 hd0 3M"
#define MAKE_HD1 "rm -f hd1; truncate -s 2M hd1; mke2fs -q -d other hd1"

static struct testdisk disk[2];

char *testmenu_dir;
struct blk *testmenu_disks[2] = { &disk[0].blk, &disk[1].blk };
struct arena testmenu_room;

static void put_file(const char *name, const char *text)
{
	char path[500];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", testmenu_dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void open_disk(unsigned i)
{
	char path[500];

	snprintf(path, sizeof(path), "%s/hd%u", testmenu_dir, i);
	testdisk_open(&disk[i], path, 512);
	snprintf(disk[i].blk.name, sizeof(disk[i].blk.name), "hd%u", i);
}

void testmenu_put_hd0(const void *data, size_t len, long at)
{
	char path[500];
	FILE *f;

	snprintf(path, sizeof(path), "%s/hd0", testmenu_dir);
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

int testmenu_begin(const struct testmenu_file *files)
{
	testmenu_dir = testdisk_mkdir();
	testdisk_sh(testmenu_dir, "mkdir -p root/m root/boot/grub other/m");
	for (; files->name; files++)
		put_file(files->name, files->text);
	put_file("root/k1", "KERNEL one");
	put_file("root/i1", "initrd one");
	put_file("other/k2", "KERNEL two");
	put_file("other/i2", "initrd two");
	testdisk_sh(testmenu_dir, MAKE_HD0 "; " MAKE_HD1);
	testdisk_arena(&testmenu_room, 1 << 20);
	open_disk(0);
	open_disk(1);
	return 0;
}

int testmenu_end(void **state)
{
	testdisk_close(&disk[0]);
	testdisk_close(&disk[1]);
	testdisk_rmdir(testmenu_dir);
	free(testmenu_room.base);
	return 0;
}

void testmenu_replace(const char *commands)
{
	testdisk_close(&disk[0]);
	testdisk_sh(testmenu_dir, "%s", commands);
	open_disk(0);
}

void testmenu_remake(const char *commands)
{
	testdisk_close(&disk[0]);
	testdisk_sh(testmenu_dir, "%s", commands);
	testdisk_sh(testmenu_dir, MAKE_HD0);
	open_disk(0);
}
