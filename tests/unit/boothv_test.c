/* hv.elf beside stage 2: found, read, damaged, not there. */
#include "tests/unit/unit.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/boothv.h"
#include "tests/memdisk.h"

#define SECTORS 64
#define SIZE 1500		/* bytes of the file: three sectors */
#define SECOND 5		/* sectors of stage 2's second part */

static uint8_t data[SECTORS * 512], got[SECTORS * 512];
static struct memdisk disk;
static union {
	struct boot_list list;
	uint8_t room[512];
} l;

static void set(unsigned i, uint64_t lba, uint32_t sectors)
{
	l.list.extent[i] = (struct boot_extent){ lba, sectors };
}

/* The file at sector 31, its head before it. */
static int setup(void **state)
{
	memset(data, 0, sizeof(data));
	for (unsigned i = 0; i < SIZE; i++)
		data[31 * 512 + i] = (uint8_t)(i * 7 + 1);
	boothv_head((struct hv_head *)(data + 30 * 512), data + 31 * 512,
		    SIZE);
	memdisk_init(&disk, data, sizeof(data), 512);
	memset(&l, 0, sizeof(l));
	l.list.n = 1;
	set(0, 1, 8);
	set(1, 10, SECOND);
	set(2, 30, 4);
	return 0;
}

static struct boothv hv;

static int find(unsigned max)
{
	err_clear();
	hv = (struct boothv){ &disk.blk, &l.list, max, SECOND };
	return boothv_find(&hv);
}

static void test_whole(void **state)
{
	assert_int_equal(find(3), 0);
	assert_int_equal(hv.head.size, SIZE);
	assert_int_equal(boothv_room(&hv), 3 * 512);
	memset(got, 0xff, sizeof(got));
	assert_int_equal(boothv_read(&hv, got), 0);
	assert_memory_equal(got, data + 31 * 512, 3 * 512);
	assert_int_equal(got[3 * 512], 0xff);
	/* In pieces; the second part, too. */
	set(1, 10, 2);
	set(2, 20, 3);
	set(3, 30, 2);
	set(4, 32, 2);
	assert_int_equal(find(5), 0);
	assert_int_equal(boothv_read(&hv, got), 0);
	assert_memory_equal(got, data + 31 * 512, 3 * 512);
}

static void test_none(void **state)
{
	assert_int_equal(find(2), ERR_FILE_NOT_FOUND);
	assert_string_equal(err_text(), "");
	set(2, 0, 0);
	assert_int_equal(find(42), ERR_FILE_NOT_FOUND);
	l.list.n = UINT32_MAX;
	assert_int_equal(find(42), ERR_FILE_NOT_FOUND);
}

static void refused(void)
{
	int err = find(3);

	if (!err)
		err = boothv_read(&hv, got);
	assert_int_equal(err, ERR_READ);
	assert_string_not_equal(err_text(), "");
}

static void test_damaged(void **state)
{
	struct hv_head *head = (struct hv_head *)(data + 30 * 512);

	/* Each byte of the file, and two words that change places. */
	for (unsigned i = 0; i < 3 * 512; i++) {
		data[31 * 512 + i] ^= 0x10;
		refused();
		data[31 * 512 + i] ^= 0x10;
	}
	memcpy(got, data + 31 * 512, 16);
	memcpy(data + 31 * 512, got + 8, 8);
	memcpy(data + 31 * 512 + 8, got, 8);
	refused();
	setup(NULL);
	head->magic++;
	refused();
	head->magic--;
	head->size = 0;
	refused();
	head->size = BOOT_HV_MAX + 1;
	refused();
	head->size = 4 * 512;	/* more than the list has */
	refused();
	setup(NULL);
	set(2, SECTORS - 2, 4);
	hv.skip = SECOND;
	assert_int_equal(find(3), ERR_READ);
	set(2, SECTORS, 4);
	assert_int_equal(find(3), ERR_OUTSIDE_PARTITION);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_whole, setup),
		cmocka_unit_test_setup(test_none, setup),
		cmocka_unit_test_setup(test_damaged, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
