/* Where the boot area lies, by tables that are right, odd and hostile. */
#include "tests/unit/unit.h"

#include <string.h>

#include "loader/disk/bootarea.h"

static const uint8_t bios_boot[16] = "Hah!IdontNeedEFI";
static struct part_list list;
static struct blk disk;

static void begin(enum part_table table, uint32_t sector, uint64_t count)
{
	memset(&list, 0, sizeof(list));
	list.table = table;
	disk = (struct blk){ .name = "hd0", .sector = sector, .count = count };
}

static void add(uint64_t first, uint64_t count, const uint8_t *type)
{
	struct part *p = &list.part[list.n];

	*p = (struct part){ .number = list.n++, .first = first,
			    .count = count };
	if (type)
		memcpy(p->type_guid, type, 16);
}

static void is(uint64_t first, uint64_t sectors)
{
	struct bootarea a;

	assert_true(bootarea_find(&disk, &list, &a));
	assert_int_equal(a.first, first);
	assert_int_equal(a.sectors, sectors);
}

static void none(void)
{
	struct bootarea a;

	assert_false(bootarea_find(&disk, &list, &a));
}

static void test_gap(void **state)
{
	begin(PART_MBR, 512, 100000);
	add(70000, 100, NULL);
	add(2048, 4096, NULL);
	is(1, 2047);
	add(63, 10, NULL);
	is(1, 62);
	add(1, 10, NULL);
	none();
	add(0, 10, NULL);
	none();
	/* A partition that begins where the disk has ended. */
	begin(PART_MBR, 512, 1000);
	add(2048, 4096, NULL);
	is(1, 999);
	begin(PART_MBR, 512, 1);
	none();
}

static void test_gpt(void **state)
{
	begin(PART_GPT, 512, 100000);
	none();
	add(2048, 100, NULL);
	none();
	add(34, 2014, bios_boot);
	is(34, 2014);
	add(50000, 100, bios_boot);
	is(34, 2014);
	begin(PART_GPT, 512, 100);
	add(34, UINT64_MAX, bios_boot);
	is(34, 66);
	begin(PART_GPT, 512, 100);
	add(100, 1, bios_boot);
	none();
	begin(PART_GPT, 512, 100);
	add(0, 50, bios_boot);
	none();
	begin(PART_NONE, 512, 100);
	add(34, 20, bios_boot);
	none();
}

static void test_units(void **state)
{
	struct bootarea a = { 1, 2047 };
	uint64_t lba;

	begin(PART_MBR, 512, 100000);
	assert_true(bootarea_unit(&disk, &a, BOOTAREA_SETTINGS, &lba));
	assert_int_equal(lba, 2040);
	assert_true(bootarea_unit(&disk, &a, BOOTAREA_ENV_B, &lba));
	assert_int_equal(lba, 2024);
	a.sectors = 8;
	assert_true(bootarea_unit(&disk, &a, BOOTAREA_SETTINGS, &lba));
	assert_int_equal(lba, 1);
	assert_false(bootarea_unit(&disk, &a, BOOTAREA_ENV_A, &lba));
	a.sectors = 7;
	assert_false(bootarea_unit(&disk, &a, BOOTAREA_SETTINGS, &lba));
	begin(PART_GPT, 4096, 100000);
	a = (struct bootarea){ 256, 2 };
	assert_true(bootarea_unit(&disk, &a, BOOTAREA_SETTINGS, &lba));
	assert_int_equal(lba, 257);
	assert_true(bootarea_unit(&disk, &a, BOOTAREA_ENV_A, &lba));
	assert_int_equal(lba, 256);
	assert_false(bootarea_unit(&disk, &a, BOOTAREA_ENV_B, &lba));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_gpt),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
