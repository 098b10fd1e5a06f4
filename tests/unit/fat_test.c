/*
 * The FAT reader on images that mformat and mcopy make: one tree of files in
 * FAT12, FAT16 and FAT32 with small and large clusters and sectors.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "loader/base/err.h"
#include "tests/unit/testfs.h"

static char *dir;

static const struct variant {
	const char *make;	/* the image $i */
	const char *type;	/* as its boot sector calls it */
	uint32_t sector;
} variants[] = {
	{ "mformat -C -f 2880 -v LABEL -N 12abcdef -i $i ::", "FAT12", 512 },
	{ "truncate -s 1M $i; mkfs.fat -F 12 -s 1 -n LABEL -i 12abcdef $i",
	  "FAT12", 4096 },
	{ "truncate -s 20M $i; mkfs.fat -F 16 -s 1 -n LABEL -i 12abcdef $i",
	  "FAT16", 512 },
	{ "truncate -s 16M $i; mkfs.fat -F 16 -s 4 -f 1 -S 1024 -n LABEL "
	  "-i 12abcdef $i",
	  "FAT16", 512 },
	{ "truncate -s 40M $i; mkfs.fat -F 32 -s 1 -n LABEL -i 12abcdef $i",
	  "FAT32", 512 },
	{ "truncate -s 300M $i; mkfs.fat -F 32 -s 1 -S 4096 -n LABEL "
	  "-i 12abcdef $i",
	  "FAT32", 4096 },
	{ "truncate -s 2200M $i; mkfs.fat -F 32 -s 64 -n LABEL -i 12abcdef $i",
	  "FAT32", 4096 },
};

static void check_variant(const struct variant *v)
{
	struct testfs t;
	char host[256];

	/* The hole that "gone" leaves makes "pieces" a file in two parts. */
	testdisk_sh(dir, "export MTOOLS_SKIP_CHECK=1 LC_ALL=C.UTF-8; i=image; "
		    "rm -f $i; %s && grep -aq %s $i && "
		    "for n in 1 2 3; do mcopy -i $i big ::gone$n && "
		    "mcopy -i $i tree/SHORT.TXT ::keep$n; done && "
		    "mdel -i $i ::gone1 ::gone3 && "
		    "mcopy -s -i $i tree/* tree/.dotfile :: && "
		    "mdel -i $i ::gone2 ::keep1 ::keep2 ::keep3",
		    v->make, v->type);
	testfs_mount(&t, dir, "image", v->sector);
	assert_string_equal(t.fs.label, "LABEL");
	assert_string_equal(t.fs.uuid, "12AB-CDEF");
	snprintf(host, sizeof(host), "%s/tree", dir);
	testfs_same_tree(&t, "", host);
	testfs_same_file(&t, "/EFI/boot/BootX64.EFI", host,
			 "efi/BOOT/bootx64.efi");
	testfs_same_file(&t, "/short.txt", host, "SHORT.TXT");
	testfs_same_file(&t, "/../efi/./..//efi/boot/../../short.txt", host,
			 "SHORT.TXT");
	testfs_same_file(&t, "/A-LONG~1.TXT", host, "a-long-name.text.txt");
	testfs_refused(&t, "/a-long-name.text", ERR_FILE_NOT_FOUND, "a-long");
	testfs_refused(&t, "/gone1", ERR_FILE_NOT_FOUND, "/gone1");
	testfs_refused(&t, "/SHORT.TXT/x", ERR_FILE_TYPE, "/SHORT.TXT/x");
	testfs_refused(&t, "/LABEL", ERR_FILE_NOT_FOUND, "/LABEL");
	testfs_unmount(&t);
}

static void test_variants(void **state)
{
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		print_message("# %s\n", variants[i].make);
		check_variant(&variants[i]);
	}
}

/* With mirroring off, the table that the flags name is the one that counts. */
static void test_second_table(void **state)
{
	struct testfs t;

	testdisk_sh(dir, "truncate -s 40M s; mkfs.fat -F 32 -s 1 -R 32 s; "
		    "mcopy -i s big ::; n=$(od -An -tu4 -j36 -N4 s); "
		    "dd if=/dev/zero of=s bs=512 seek=32 count=$((n)) "
		    "conv=notrunc; printf '\\201' | "
		    "dd of=s bs=1 seek=40 conv=notrunc");
	testfs_mount(&t, dir, "s", 512);
	testfs_same_file(&t, "/big", dir, "big");
	testfs_unmount(&t);
}

/* mtools cannot write what is beyond 16 bits: put a pair into its name. */
static void test_surrogates(void **state)
{
	struct testfs t;

	testdisk_sh(dir, "mformat -C -f 1440 -i u ::; "
		    "mcopy -i u tree/SHORT.TXT ::long-XY-name.txt; "
		    "mcopy -i u tree/SHORT.TXT ::long-UV-name.txt; "
		    "perl -0777 -pi -e 's/X\\0Y\\0/\\x3d\\xd8\\x27\\xdc/; "
		    "s/U\\0V\\0/\\x27\\xdcv\\0/' u");
	testfs_mount(&t, dir, "u", 512);
	testfs_same_file(&t, "/long-\360\237\220\247-name.txt", dir,
			 "tree/SHORT.TXT");
	testfs_same_file(&t, "/long-\357\277\275v-name.txt", dir,
			 "tree/SHORT.TXT");
	testfs_unmount(&t);
}

static void test_cost(void **state)
{
	const uint64_t size = 32u << 20;
	struct testfs t;
	struct file f;
	uint8_t *buf = test_malloc(24u << 20);

	testdisk_sh(dir, "truncate -s 64M c; mkfs.fat -F 32 -s 1 c; "
		    "head -c 8M /dev/zero | tr '\\0' k >k; mcopy -i c k ::; "
		    "head -c 24M /dev/zero | tr '\\0' i >i; mcopy -i c i ::");
	testfs_mount(&t, dir, "c", 512);
	testfs_find(&t, "/k", &f);
	assert_int_equal(fs_read(&f, 0, f.size, buf), 0);
	assert_int_equal(buf[f.size - 1], 'k');
	testfs_find(&t, "/i", &f);
	assert_int_equal(fs_read(&f, 0, f.size, buf), 0);
	assert_int_equal(buf[f.size - 1], 'i');
	assert_in_range(t.disk.bytes, size, size + size / 100);
	assert_in_range(t.disk.requests, 2, 40);
	test_free(buf);
	testfs_unmount(&t);
}

static int setup(void **state)
{
	dir = testdisk_mkdir();
	testdisk_sh(dir, "mkdir -p tree/efi/BOOT tree/many; perl -e 'srand 1; "
		"print pack \"L*\", map { rand 2**32 } 1..75001' >big; "
		"cp big tree/pieces; cd tree; echo short >SHORT.TXT; "
		"echo lower >lower.txt; echo long >a-long-name.text.txt; "
		": >empty; head -c 513 ../big >efi/BOOT/bootx64.efi; "
		"echo 1 >.dotfile; echo 2 >'a name with spaces'; "
		"echo 3 >gr\303\274n-\316\261.txt; "
		"echo 4 >\344\270\255\346\226\207; "
		"seq -f many/%%080g 60 | xargs touch; "
		"echo 5 >$(printf %%0255d 7)");
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
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_second_table),
		cmocka_unit_test(test_surrogates),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
