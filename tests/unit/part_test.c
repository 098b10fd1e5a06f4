/*
 * Partition tables written by sfdisk, whole and then broken one way at a time.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/disk/crc32.h"
#include "loader/disk/part.h"
#include "tests/memdisk.h"

#define SECTORS 16384u
static uint8_t data[SECTORS * 512];
static struct memdisk disk;
static struct part_list list;

/* Run COMMAND with SCRIPT as its input on an empty disk; take that over. */
static void fdisk(const char *command, const char *script, unsigned sector)
{
	char image[] = "/tmp/part_test.XXXXXX", line[512];
	int fd = mkstemp(image);
	FILE *in;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, sizeof(data)), 0);
	snprintf(line, sizeof(line), "printf '%s' | %s %s >/dev/null 2>&1",
		 script, command, image);
	assert_int_equal(system(line), 0);
	in = fopen(image, "rb");
	assert_int_equal(fread(data, 1, sizeof(data), in), sizeof(data));
	fclose(in);
	close(fd);
	unlink(image);
	memdisk_init(&disk, data, sizeof(data), sector);
	err_clear();
}

static void sfdisk(const char *script)
{
	fdisk("/sbin/sfdisk", script, 512);
}

static void put32(size_t at, uint32_t v)
{
	memcpy(data + at, &v, 4);
}

static void assert_part(unsigned number, uint64_t first, uint64_t count)
{
	const struct part *p = part_find(&list, number);

	assert_non_null(p);
	assert_int_equal(p->first, first);
	assert_int_equal(p->count, count);
}

#define LOGICAL "label: dos\\n2048,1000,83,*\\n4096,8192,5\\n" \
	",0,0\\n,0,0\\n5000,100,83\\n6000,200,82\\n7000,300,83\\n"

static void test_none(void **state)
{
	memset(data, 0, sizeof(data));
	memdisk_init(&disk, data, sizeof(data), 512);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_NONE);
	memdisk_init(&disk, data, 0, 512);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.n, 0);
}

static void test_fat_is_not_a_table(void **state)
{
	static const uint8_t bpb[] = { 0xeb, 0x3c, 0x90, 'm', 'k', 'd', 'o',
		's', 'f', 's', 0, 0, 2, 4, 1, 0, 2, 0, 2, 0, 0x40, 0xf8 };

	sfdisk("label: dos\\n2048,1000,83\\n");
	memcpy(data, bpb, sizeof(bpb));
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_NONE);
}

static void test_mbr(void **state)
{
	struct part_blk p;
	uint8_t sector[512];

	sfdisk("label: dos\\n1: start=2048,size=1000,type=83,bootable\\n"
	       "3: start=4096,size=500,type=c\\n");
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_MBR);
	assert_int_equal(list.n, 2);
	assert_part(0, 2048, 1000);
	assert_part(2, 4096, 500);
	assert_true(list.part[0].active);
	assert_int_equal(list.part[1].mbr_type, 0xc);
	assert_int_equal(part_open(&disk.blk, &list, 2, &p), 0);
	assert_string_equal(p.blk.name, "hd0,2");
	data[4097 * 512] = 'x';
	assert_int_equal(blk_read(&p.blk, 1, 1, sector), 0);
	assert_int_equal(sector[0], 'x');
	assert_int_equal(blk_read(&p.blk, 499, 2, sector),
			 ERR_OUTSIDE_PARTITION);
	err_clear();
	assert_int_equal(part_open(&disk.blk, &list, 1, &p), ERR_NO_PARTITION);
}

static void test_logical(void **state)
{
	sfdisk(LOGICAL);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.n, 5);
	assert_part(4, 5000, 100);
	assert_part(5, 6000, 200);
	assert_part(6, 7000, 300);
}

/* The extended boot record that sfdisk wrote somewhere after sector FROM. */
static size_t find_record(size_t from)
{
	for (size_t at = from * 512; at < sizeof(data); at += 512)
		if (data[at + 510] == 0x55 && data[at + 511] == 0xaa)
			return at;
	assert_true(false);	/* no extended boot record */
	return 0;
}

static void test_logical_loop(void **state)
{
	size_t second;

	sfdisk(LOGICAL);
	second = find_record(4097);
	put32(second + 446 + 16 + 8, (uint32_t)(second / 512 - 4096));
	assert_int_equal(part_read(&disk.blk, &list), ERR_PARTITION_TABLE);
	assert_non_null(strstr(err_text(), "loops"));
	err_clear();
	put32(second + 446 + 16 + 8, 0xfffffff0);
	assert_int_equal(part_read(&disk.blk, &list), ERR_PARTITION_TABLE);
	assert_non_null(strstr(err_text(), "past the disk's end"));
}

static void test_past_the_end(void **state)
{
	struct part_blk p;

	sfdisk("label: dos\\n2048,1000,83\\n");
	put32(446 + 12, SECTORS);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(part_open(&disk.blk, &list, 0, &p),
			 ERR_PARTITION_TABLE);
	assert_string_equal(err_text(), "Error 5: Partition table invalid or "
		"corrupt: (hd0,0): sectors 2048+16384, but the disk has 16384");
}

#define GPT "label: gpt\\nstart=2048,size=4096,type=L\\n" \
	"start=8192,size=1000,type=U,attrs=LegacyBIOSBootable\\n"

static void test_gpt(void **state)
{
	static const uint8_t esp[16] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8,
		0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };

	sfdisk(GPT);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_GPT);
	assert_false(list.from_backup);
	assert_int_equal(list.n, 2);
	assert_part(0, 2048, 4096);
	assert_part(1, 8192, 1000);
	assert_memory_equal(list.part[1].type_guid, esp, 16);
}

static void test_gpt_4096(void **state)
{
	fdisk("/sbin/fdisk -b 4096", "g\\nn\\n1\\n256\\n767\\nw\\n", 4096);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_GPT);
	assert_part(0, 256, 512);
}

static void test_gpt_backup(void **state)
{
	sfdisk(GPT);
	data[512 + 20] ^= 1;		/* reserved, but summed */
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_true(list.from_backup);
	assert_part(1, 8192, 1000);
	assert_string_equal(err_text(), "");
	data[512 + 20] ^= 1;
	data[2 * 512 + 40] ^= 1;	/* an entry */
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_true(list.from_backup);
	data[sizeof(data) - 512] ^= 1;
	assert_int_equal(part_read(&disk.blk, &list), ERR_PARTITION_TABLE);
	assert_int_equal(list.n, 0);
}

static void test_gpt_wild_entry(void **state)
{
	struct part_blk p;
	uint32_t crc;

	sfdisk(GPT);
	memset(data + 2 * 512 + 32, 0xff, 8);	/* first > last */
	memset(data + 2 * 512 + 128 + 40, 0xff, 8); /* last: 2^64 - 1 */
	data[2 * 512 + 128 + 40] = 0xfe;
	crc = crc32_more(0, data + 2 * 512, 128 * 128);
	memcpy(data + 512 + 88, &crc, 4);
	put32(512 + 16, 0);
	crc = crc32_more(0, data + 512, 92);
	put32(512 + 16, crc);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_false(list.from_backup);
	assert_int_equal(list.n, 1);
	assert_int_equal(part_open(&disk.blk, &list, 1, &p),
			 ERR_PARTITION_TABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_fat_is_not_a_table),
		cmocka_unit_test(test_mbr),
		cmocka_unit_test(test_logical),
		cmocka_unit_test(test_logical_loop),
		cmocka_unit_test(test_past_the_end),
		cmocka_unit_test(test_gpt),
		cmocka_unit_test(test_gpt_4096),
		cmocka_unit_test(test_gpt_backup),
		cmocka_unit_test(test_gpt_wild_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
