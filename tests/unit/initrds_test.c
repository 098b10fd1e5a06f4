/* Which files of an image count as initrds, and what an appended one is. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernelgen/bzimage.h"
#include "loader/base/err.h"
#include "tests/unit/testfs.h"
#include "tools/change/initrds.h"

#define ID "0123456789abcdef0123456789ABCDEF"

static char *dir;
static char image[4096];
static struct initrds list;

static int setup(void **state)
{
	dir = testdisk_mkdir();
	snprintf(image, sizeof(image), "%s/img", dir);
	return 0;
}

static int teardown(void **state)
{
	testdisk_rmdir(dir);
	return 0;
}

static void find(void)
{
	struct testdisk d;

	testdisk_open(&d, image, 512);
	initrds_find(&list, &d.blk);
	testdisk_close(&d);
	assert_string_equal(err_text(), "");
}

static void has(const char *path, uint64_t offset, bool fat)
{
	for (unsigned i = 0; i < list.n; i++)
		if (!strcmp(list.at[i].path, path) &&
		    list.at[i].offset == offset) {
			assert_int_equal(list.at[i].fat, fat);
			return;
		}
	fail_msg("%s at %lu is not found", path, offset);
}

/* Two partitions: an ESP, and a root of somebody else's. */
static void make_others(void)
{
	testdisk_sh(dir, "mkdir -p esp/EFI/x/deep esp/" ID "/6.1 esp/tok/6.2 "
		    "root/boot/" ID "/6.3 root/boot/grub/x root/etc "
		    "root/boot/initrd.d root/var/" ID "\n"
		    "for f in esp/INITRD.IMG esp/EFI/x/initramfs-linux.img "
		    "esp/" ID "/6.1/initrd esp/tok/6.2/initrd.img-6.2 "
		    "esp/EFI/x/deep/initrd esp/linux root/boot/initrd.img-1 "
		    "root/boot/initramfs-2.img root/boot/" ID "/6.3/initrd "
		    "root/boot/grub/initrd root/boot/grub/x/initrd "
		    "root/etc/initrd root/boot/.initrd-3 root/boot/vmlinuz "
		    "root/boot/initrd.d/initrd root/boot/initr; do\n"
		    "echo $f >$f; done\n: >root/boot/initrd.empty\n"
		    "ln -s boot/initrd.img-1 root/initrd.img\n"
		    "ln -s boot/gone root/initrd.img.old\n"
		    "ln root/boot/initramfs-2.img root/boot/initramfs-3.img\n"
		    "truncate -s 4M e r; mkfs.fat e; mcopy -s -i e esp/* ::\n"
		    "mke2fs -q -d root r; truncate -s 10M img\n"
		    "printf '2048,8192\\n10240,8192\\n' | sfdisk -q img\n"
		    "dd if=e of=img bs=1M seek=1 conv=notrunc\n"
		    "dd if=r of=img bs=1M seek=5 conv=notrunc");
}

static void test_names(void **state)
{
	make_others();
	find();
	has("/INITRD.IMG", 1 << 20, true);
	has("/EFI/x/initramfs-linux.img", 1 << 20, true);
	has("/" ID "/6.1/initrd", 1 << 20, true);
	has("/tok/6.2/initrd.img-6.2", 1 << 20, true);
	has("/initrd.img", 5 << 20, false);	/* a link: once */
	has("/boot/" ID "/6.3/initrd", 5 << 20, false);
	assert_int_equal(list.n, 7);
	testdisk_sh(dir, "rm -r root/boot root/i* root/var; rm r; "
		    "truncate -s 4M r; mke2fs -q -d root r\n"
		    "dd if=/dev/zero of=img bs=1M seek=1 count=4 conv=notrunc\n"
		    "dd if=r of=img bs=1M seek=5 conv=notrunc");
	find();
	assert_int_equal(list.n, 0);
	assert_non_null(strstr(list.none, "no initrd file"));
	/* Nor on a disk that cannot be read at all. */
	testdisk_sh(dir, "head -c 600 /dev/urandom >img");
	find();
	assert_int_equal(list.n, 0);
}

/* A bare file system with MENU, a kernel, and initrds. */
static void look_at_menu(const char *menu)
{
	struct bzimage b = { .entry = 64 };
	char name[4200];
	uint8_t *kernel;
	size_t len;
	FILE *f;

	testdisk_sh(dir, "rm -rf root img; mkdir -p root/boot/grub\n"
		    "printf '%s' >root/boot/grub/menu.lst\n"
		    "for i in 1 2 3; do echo initrd $i >root/boot/initrd$i; "
		    "done; : >root/boot/none", menu);
	kernel = bzimage_make(&b, &len);
	snprintf(name, sizeof(name), "%s/root/boot/vmlinuz", dir);
	f = fopen(name, "w");
	assert_int_equal(fwrite(kernel, 1, len, f), len);
	fclose(f);
	free(kernel);
	testdisk_sh(dir, "truncate -s 4M img; mke2fs -q -d root img");
	find();
}

#define KERNEL "title t\nkernel /boot/vmlinuz a=b\n"

/* With a menu.lst nothing else counts, whatever lies about. */
static void test_menu(void **state)
{
	look_at_menu(KERNEL "initrd /boot/initrd2\n");
	assert_int_equal(list.n, 1);
	has("/boot/initrd2", 0, false);
	look_at_menu("default 1\ntitle x\nboot\n" KERNEL
		     "initrd (hd0)/boot/initrd1 /boot/initrd3 /boot/none\n");
	assert_int_equal(list.n, 1);
	has("/boot/initrd3", 0, false);
	look_at_menu(KERNEL);
	assert_int_equal(list.n, 0);
	assert_non_null(strstr(list.none, "loads no initrd"));
	/* It fails anyway, and the boot shall tell how. */
	look_at_menu("title t\nkernel /boot/gone\ninitrd /boot/initrd1\n");
	assert_int_equal(list.n, 0);
	assert_null(list.none);
}

static void append(size_t old)
{
	struct hostboot_place at = { .path = "/boot/i" };
	struct imagecopy copy;
	struct image img;

	testdisk_sh(dir, "rm -rf root img; mkdir -p root/boot; truncate -s 4M "
		    "img; head -c %zu /dev/urandom >root/boot/i\n"
		    "mke2fs -q -d root img; cp root/boot/i want\n"
		    "truncate -s %%4 want; head -c 4 /dev/zero >>want; "
		    "printf 070701 >>want",
		    old);
	assert_int_equal(image_open(&img, image, false), 0);
	assert_int_equal(imagecopy_make(&copy, &img), 0);
	image_close(&img);
	assert_int_equal(initrds_append(&copy, &at, "070701", 6), 0);
	testdisk_sh(dir, "debugfs -R 'cat /boot/i' %s 2>/dev/null | cmp - want",
		    copy.name);
	strcpy(at.path, "/boot/gone");
	assert_int_equal(initrds_append(&copy, &at, "070701", 6), -1);
	imagecopy_drop(&copy);
}

static void test_append(void **state)
{
	append(300001);
	append(302);
	append(4095);
	append(4096);
	append(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_menu),
		cmocka_unit_test(test_append),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
