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

static const uint8_t bpb[] = { 0xeb, 0x3c, 0x90, 'm', 'k', 'd', 'o',
	's', 'f', 's', 0, 0, 2, 4, 1, 0, 2, 0, 2, 0, 0x40, 0xf8 };

/* Sector 0 can be a FAT boot sector, a partition table, or both. */
static void test_fat(void **state)
{
	sfdisk("label: dos\\n2048,1000,83\\n");
	memcpy(data, bpb, sizeof(bpb));
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_MBR);
	assert_part(0, 2048, 1000);
	put32(446 + 8, 0);	/* as mkfs.fat --mbr has it */
	put32(446 + 12, SECTORS);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_part(0, 0, SECTORS);
	/* Code or text that looks a little like entries. */
	put32(446 + 8, SECTORS);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_NONE);
	put32(446 + 8, 2048);
	put32(446 + 16 + 12, 77);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_NONE);
	put32(446 + 16 + 12, 0);
	data[446 + 16] = 'N';
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_NONE);
	memset(data + 446, 0, 64);
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

/* The partition NUMBER may be missing: ERR, and TEXT. */
static void missing(unsigned number, int err, const char *text)
{
	struct part_blk p;

	assert_int_equal(part_open(&disk.blk, &list, number, &p), err);
	assert_non_null(strstr(err_text(), text));
	err_clear();
}

/* What is wrong with the chain takes nothing from those before. */
static void broken_chain(unsigned n, const char *text)
{
	struct part_blk p;

	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.n, n + 2);
	assert_non_null(strstr(list.remark, text));
	assert_part(0, 2048, 1000);
	for (unsigned i = 4; i < 4 + n; i++)
		assert_int_equal(part_open(&disk.blk, &list, i, &p), 0);
	missing(2, ERR_NO_PARTITION, "(hd0,2)");
	missing(4 + n, ERR_PARTITION_TABLE, text);
	missing(99, ERR_PARTITION_TABLE, text);
}

static void test_broken_chain(void **state)
{
	size_t second;

	sfdisk(LOGICAL);
	second = find_record(4097);
	put32(second + 446 + 16 + 8, (uint32_t)(second / 512 - 4096));
	broken_chain(2, "a loop");
	put32(second + 446 + 16 + 8, 0);
	broken_chain(2, "a loop");
	put32(second + 446 + 16 + 8, 0xfffffff0);
	broken_chain(2, "past the disk's end");
	data[second + 511] = 0;
	broken_chain(1, "has no signature");
	memset(data + 4096 * 512, 0, 512);
	broken_chain(0, "record at 4096 has no signature");
	memdisk_init(&disk, data, 4000 * 512, 512);
	broken_chain(0, "record at 4096 is past the disk's end");
}

/* Overlapping logical partitions are partitions all the same. */
static void test_odd_chain(void **state)
{
	uint8_t *second;
	struct part_blk p;

	sfdisk(LOGICAL);
	second = data + find_record(4097);
	memset(second + 446 + 8, 0, 4);
	put32((size_t)(second - data) + 446 + 12, 5000);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.n, 5);
	assert_string_equal(list.remark, "");
	assert_int_equal(part_open(&disk.blk, &list, 5, &p), 0);
	/* The link first, then the partition; garbage in the third entry. */
	sfdisk(LOGICAL);
	second = data + 4096 * 512 + 446;
	memcpy(second + 48, second, 16);
	memcpy(second, second + 16, 16);
	memcpy(second + 16, second + 48, 16);
	memset(second + 32, 0x7f, 16);
	memset(second + 48, 0, 16);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.n, 5);
	assert_part(4, 5000, 100);
	assert_part(6, 7000, 300);
}

/* A chain longer than there are numbers for partitions. */
static void test_long_chain(void **state)
{
	memset(data, 0, sizeof(data));
	sfdisk("label: dos\\n2048,1000,83,*\\n4096,8192,5\\n");
	for (unsigned i = 0; i < 400; i++) {
		uint8_t *r = data + (4096 + 2 * i) * 512;

		memset(r, 0, 512);
		r[510] = 0x55;
		r[511] = 0xaa;
		r[446 + 4] = 0x83;
		r[446 + 8] = r[446 + 12] = 1;
		r[462 + 4] = 5;
		r[462 + 12] = 2;
		put32((size_t)(r - data) + 462 + 8, 2 * i + 2);
	}
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.n, 253);
	assert_part(254, 4096 + 2 * 250 + 1, 1);
	missing(255, ERR_NO_MEMORY, "cannot be named");
}

static void test_past_the_end(void **state)
{
	struct part_blk p;
	uint8_t sector[512];

	sfdisk("label: dos\\n2048,1000,83\\n");
	put32(446 + 12, SECTORS);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_part(0, 2048, SECTORS);
	assert_int_equal(part_open(&disk.blk, &list, 0, &p), 0);
	assert_int_equal(p.blk.count, SECTORS - 2048);
	assert_int_equal(blk_read(&p.blk, SECTORS - 2049, 1, sector), 0);
	assert_int_equal(blk_read(&p.blk, SECTORS - 2048, 1, sector),
			 ERR_OUTSIDE_PARTITION);
	err_clear();
	put32(446 + 8, SECTORS);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	missing(0, ERR_PARTITION_TABLE, "Error 5: Partition table invalid or "
		"corrupt: (hd0,0): begins at sector 16384, but the disk has "
		"16384");
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

/* Sum up header and entries once more. */
static void sum_gpt(unsigned sector, uint64_t lba)
{
	uint8_t *h = data + lba * sector;
	uint32_t n, size, bytes, crc;
	uint64_t entries;

	memcpy(&bytes, h + 12, 4);
	memcpy(&entries, h + 72, 8);
	memcpy(&n, h + 80, 4);
	memcpy(&size, h + 84, 4);
	crc = crc32_more(0, data + entries * sector, (size_t)n * size);
	memcpy(h + 88, &crc, 4);
	memset(h + 16, 0, 4);
	crc = crc32_more(0, h, bytes);
	memcpy(h + 16, &crc, 4);
}

static void test_gpt_wild_entry(void **state)
{
	struct part_blk p;

	sfdisk(GPT);
	memset(data + 2 * 512 + 32, 0xff, 8);	/* first > last */
	memset(data + 2 * 512 + 128 + 40, 0xff, 8); /* last: 2^64 - 1 */
	data[2 * 512 + 128 + 40] = 0xfe;
	sum_gpt(512, 1);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_false(list.from_backup);
	assert_int_equal(list.n, 1);
	assert_int_equal(part_open(&disk.blk, &list, 1, &p), 0);
	assert_int_equal(p.blk.count, SECTORS - 8192);
}

/* N entries of SIZE bytes, the header of BYTES; the last one is used. */
static void shape_gpt(unsigned sector, uint32_t n, uint32_t size,
		      uint32_t bytes)
{
	uint8_t *h = data + sector, *e;
	uint64_t first = 8000, last = 8099, at = 2 * sector;

	memset(data, 0, sizeof(data));
	data[446 + 4] = 0xee;
	data[446 + 8] = 1;
	memset(data + 446 + 12, 0xff, 4);
	data[510] = 0x55;
	data[511] = 0xaa;
	memcpy(h, "EFI PART\0\0\1", 12);
	memcpy(h + 12, &bytes, 4);
	h[24] = 1;
	h[72] = 2;
	memcpy(h + 80, &n, 4);
	memcpy(h + 84, &size, 4);
	if (n) {
		e = data + at + (uint64_t)(n - 1) * size;
		memset(e, 7, 32);
		memcpy(e + 32, &first, 8);
		memcpy(e + 40, &last, 8);
	}
	sum_gpt(sector, 1);
	memdisk_init(&disk, data, sizeof(data), sector);
}

static void test_gpt_shapes(void **state)
{
	static const struct {
		unsigned sector;
		uint32_t n, size, bytes;
	} shapes[] = {
		{ 512, 4, 128, 92 }, { 512, 1, 128, 512 }, { 512, 5, 256, 96 },
		{ 512, 128, 512, 92 }, { 512, 9, 1024, 92 },
		{ 512, 3, 4096, 92 }, { 512, 255, 128, 100 },
		{ 512, 255, 4096, 92 }, { 4096, 6, 128, 4096 },
		{ 4096, 200, 2048, 1000 }, { 4096, 4, 8192, 92 },
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		shape_gpt(shapes[i].sector, shapes[i].n, shapes[i].size,
			  shapes[i].bytes);
		assert_int_equal(part_read(&disk.blk, &list), 0);
		assert_int_equal(list.n, 1);
		assert_part(shapes[i].n - 1, 8000, 100);
		assert_string_equal(list.remark, "");
	}
	shape_gpt(512, 0, 128, 92);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.n, 0);
	/* Numbers that cannot be named, and tables beyond all bounds. */
	shape_gpt(512, 1024, 128, 92);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.n, 0);
	assert_non_null(strstr(list.remark, "above number 254"));
	shape_gpt(512, 4, 128, 92);
	memset(data + 512 + 80, 0x10, 4);
	memset(data + 512 + 16, 0, 4);
	put32(512 + 16, crc32_more(0, data + 512, 92));
	assert_int_equal(part_read(&disk.blk, &list), 0);
	missing(0, ERR_NO_MEMORY, "larger than this loader reads");
	/* What the specification does not allow. */
	shape_gpt(512, 4, 384, 92);
	assert_int_equal(part_read(&disk.blk, &list), ERR_PARTITION_TABLE);
	err_clear();
	shape_gpt(512, 4, 128, 91);
	assert_int_equal(part_read(&disk.blk, &list), ERR_PARTITION_TABLE);
	err_clear();
	shape_gpt(512, 4, 128, 513);
	assert_int_equal(part_read(&disk.blk, &list), ERR_PARTITION_TABLE);
	err_clear();
}

/* Tables of a former life, and two at once. */
static void test_former_lives(void **state)
{
	uint8_t mbr[512];

	sfdisk(GPT);
	memcpy(mbr, data, 512);
	/* Hybrid: the protective entry is not alone, and not the first. */
	memcpy(data + 446 + 16, data + 446, 16);
	data[446 + 4] = 0x83;
	put32(446 + 8, 2048);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_GPT);
	assert_int_equal(list.n, 2);
	/* A newer MBR over a GPT that is whole. */
	memset(data + 446 + 16, 0, 16);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_MBR);
	assert_int_equal(list.n, 1);
	/* A file system over the whole disk, the copy is still there. */
	memset(data, 0, 2048);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.table, PART_NONE);
	/* A disk that was cut. */
	sfdisk(GPT);
	memdisk_init(&disk, data, sizeof(data) / 2, 512);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_int_equal(list.n, 2);
	assert_non_null(strstr(list.remark, "of a larger disk"));
	missing(7, ERR_NO_PARTITION, "(hd0,7)");
	/* The disk has grown, and the first header is broken. */
	sfdisk(GPT);
	memdisk_init(&disk, data, sizeof(data), 512);
	data[512 + 20] ^= 1;
	memmove(data + sizeof(data) / 2 - 40 * 512,
		data + sizeof(data) - 40 * 512, 40 * 512);
	memset(data + sizeof(data) - 40 * 512, 0, 40 * 512);
	put32(512 + 32, SECTORS / 2 - 1);
	put32(sizeof(data) / 2 - 512 + 24, SECTORS / 2 - 1);
	put32(sizeof(data) / 2 - 512 + 72, SECTORS / 2 - 33);
	sum_gpt(512, SECTORS / 2 - 1);
	assert_int_equal(part_read(&disk.blk, &list), 0);
	assert_true(list.from_backup);
	assert_int_equal(list.n, 2);
	assert_string_equal(err_text(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_fat),
		cmocka_unit_test(test_mbr),
		cmocka_unit_test(test_logical),
		cmocka_unit_test(test_broken_chain),
		cmocka_unit_test(test_odd_chain),
		cmocka_unit_test(test_long_chain),
		cmocka_unit_test(test_past_the_end),
		cmocka_unit_test(test_gpt),
		cmocka_unit_test(test_gpt_4096),
		cmocka_unit_test(test_gpt_backup),
		cmocka_unit_test(test_gpt_wild_entry),
		cmocka_unit_test(test_gpt_shapes),
		cmocka_unit_test(test_former_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
