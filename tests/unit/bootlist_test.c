/* Boot blocks' lists of extents, whole and damaged. */
#include "tests/unit/unit.h"

#include "loader/base/err.h"
#include "loader/disk/bootlist.h"
#include "tests/memdisk.h"

#define SECTORS 64

static uint8_t data[SECTORS * 512], got[SECTORS * 512];
static struct memdisk disk;
static union {
	struct boot_list list;
	uint8_t room[512];
} l;

static int setup(void **state)
{
	for (unsigned i = 0; i < SECTORS; i++)
		memset(data + i * 512, (int)i, 512);
	memdisk_init(&disk, data, sizeof(data), 512);
	return 0;
}

static void set(unsigned i, uint64_t lba, uint32_t sectors)
{
	l.list.extent[i] = (struct boot_extent){ lba, sectors };
}

static int read_skip(unsigned from, unsigned max, uint32_t skip,
		     uint32_t sectors)
{
	err_clear();
	memset(got, 0xff, sizeof(got));
	return bootlist_read(&disk.blk, &l.list, from, max, skip, sectors,
			     got);
}

static int read_from(unsigned from, unsigned max, uint32_t sectors)
{
	return read_skip(from, max, 0, sectors);
}

static void test_reads(void **state)
{
	set(0, 50, 2);
	set(1, 10, 3);
	set(2, 1, 40);
	assert_int_equal(read_from(0, 3, 2), 0);
	assert_int_equal(got[0], 50);
	assert_int_equal(got[2 * 512 - 1], 51);
	assert_int_equal(got[2 * 512], 0xff);
	/* From the second on; of the last only what is asked for. */
	assert_int_equal(read_from(1, 3, 5), 0);
	assert_int_equal(got[0], 10);
	assert_int_equal(got[3 * 512], 1);
	assert_int_equal(got[5 * 512 - 1], 2);
	assert_int_equal(got[5 * 512], 0xff);
	assert_int_equal(read_from(0, 0, 0), 0);
	/* Into the second, over it, and as far as there is something. */
	assert_int_equal(read_skip(0, 3, 3, 3), 0);
	assert_int_equal(got[0], 11);
	assert_int_equal(got[2 * 512], 1);
	assert_int_equal(read_skip(1, 3, 3, 1), 0);
	assert_int_equal(got[0], 1);
	assert_int_equal(read_skip(0, 3, 44, 1), 0);
	assert_int_equal(got[0], 40);
	assert_int_equal(read_skip(0, 3, 45, 1), ERR_READ);
}

static void test_bad(void **state)
{
	set(0, 50, 2);
	set(1, 0, 0);
	assert_int_equal(read_from(0, 42, 3), ERR_READ);
	assert_int_equal(read_from(0, 1, 3), ERR_READ);
	assert_int_equal(read_from(7, 3, 1), ERR_READ);
	set(1, SECTORS, 1);
	assert_int_equal(read_from(0, 2, 3), ERR_OUTSIDE_PARTITION);
	set(1, UINT64_MAX, UINT32_MAX);
	assert_int_equal(read_from(0, 2, 3), ERR_OUTSIDE_PARTITION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
