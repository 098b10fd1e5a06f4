/* Block lists as files, and boot sectors found through them. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "loader/base/err.h"
#include "loader/fs/blocklist.h"
#include "loader/kernel/formats.h"
#include "loader/platform.h"
#include "tests/memdisk.h"

static uint8_t bytes[64 * 512], room[1 << 16];
static struct memdisk disk;
static struct arena arena;

static int setup(void **state)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i / 512 + i % 512);
	memdisk_init(&disk, bytes, sizeof(bytes), 512);
	arena = (struct arena){ room, sizeof(room), 0 };
	err_clear();
	return 0;
}

static void test_blocklist(void **state)
{
	static uint8_t buf[4 * 512];
	struct file f;

	assert_int_equal(blocklist_open(&disk.blk, "+1", &arena, &f), 0);
	assert_int_equal(f.size, 512);
	assert_int_equal(fs_read(&f, 0, 512, buf), 0);
	assert_memory_equal(buf, bytes, 512);

	assert_int_equal(blocklist_open(&disk.blk, "7+2,0+1,63+1", &arena,
					&f), 0);
	assert_int_equal(f.size, 4 * 512);
	assert_int_equal(fs_read(&f, 0, 4 * 512, buf), 0);
	assert_memory_equal(buf, bytes + 7 * 512, 2 * 512);
	assert_memory_equal(buf + 2 * 512, bytes, 512);
	assert_memory_equal(buf + 3 * 512, bytes + 63 * 512, 512);
	/* Across a border, and past the end. */
	assert_int_equal(fs_read(&f, 1000, 40, buf), 0);
	assert_memory_equal(buf, bytes + 7 * 512 + 1000, 24);
	assert_memory_equal(buf + 24, bytes, 16);
	assert_int_equal(fs_read(&f, 4 * 512 - 1, 2, buf), ERR_FILE_LENGTH);
	assert_int_equal(blocklist_open(&disk.blk, "0+64", &arena, &f), 0);
}

static void test_no_blocklist(void **state)
{
	static const struct {
		const char *list;
		int err;
	} bad[] = {
		{ "", ERR_FILENAME }, { "+", ERR_FILENAME },
		{ "+0", ERR_FILENAME }, { "1", ERR_FILENAME },
		{ "1+1,", ERR_FILENAME }, { "1+1 ", ERR_FILENAME },
		{ "1+1,,2+1", ERR_FILENAME }, { "1+1x", ERR_FILENAME },
		{ "+-1", ERR_FILENAME }, { "1++1", ERR_FILENAME },
		{ "+99999999999999999999", ERR_FILENAME },
		{ "+65", ERR_OUTSIDE_PARTITION },
		{ "64+1", ERR_OUTSIDE_PARTITION },
		{ "18446744073709551615+1", ERR_OUTSIDE_PARTITION },
		{ "1+18446744073709551615", ERR_OUTSIDE_PARTITION },
		{ "0+33,0+32", ERR_OUTSIDE_PARTITION },
	};
	char many[BLOCKLIST_MAX * 4 + 8] = "0+1";
	struct file f;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear();
		assert_int_equal(blocklist_open(&disk.blk, bad[i].list, &arena,
						&f), bad[i].err);
		assert_non_null(strstr(err_text(), bad[i].list));
	}
	for (unsigned i = 1; i < BLOCKLIST_MAX; i++)
		strcat(many, ",0+1");
	assert_int_equal(blocklist_open(&disk.blk, many, &arena, &f), 0);
	strcat(many, ",0+1");
	assert_int_equal(blocklist_open(&disk.blk, many, &arena, &f),
			 ERR_FILENAME);
}

static struct boot_entry entry;
static struct handover ho;

/* What the boot sector LIST becomes. */
static int load(const char *list)
{
	static struct blk *disks[2] = { &disk.blk, &disk.blk };
	static const struct platform platform = { .n_disks = 2,
						  .disk = disks };
	static const struct memmap map;
	static const struct kernel_format *const formats[] = {
		&bootsector_format, NULL };

	err_clear();
	entry.kernel_path = list;
	entry.args = "";
	entry.chain = true;
	entry.platform = &platform;
	if (blocklist_open(&disk.blk, list, &arena, &entry.kernel))
		fail_msg("%s", err_text());
	return kernel_load(formats, &entry, &map, &arena, &ho);
}

static void sign(unsigned sector)
{
	bytes[sector * 512 + 510] = 0x55;
	bytes[sector * 512 + 511] = 0xaa;
}

static void test_signature(void **state)
{
	entry = (struct boot_entry){ .root_part = -1 };
	assert_int_equal(load("5+1"), ERR_EXEC_FORMAT);
	entry.force = true;
	assert_int_equal(load("5+1"), 0);
	entry.force = false;
	sign(5);
	assert_int_equal(load("5+1"), 0);
	assert_string_equal(ho.format, "bootsector");
	assert_int_equal(ho.mode, GO_REAL16);
	assert_int_equal(ho.entry, 0x7c00);
	assert_int_equal(ho.rsi, 0);
	assert_int_equal(ho.n, 1);
	assert_int_equal(ho.piece[0].addr, 0x7c00);
	assert_int_equal(ho.piece[0].size, 512);
	assert_memory_equal(ho.piece[0].mem, bytes + 5 * 512, 512);
	assert_int_equal(ho.extra.chain->disk, 0);
	/* `kernel' does not start boot sectors. */
	entry.root_disk = 2;
	assert_int_equal(load("5+1"), ERR_NO_DISK);
}

static void test_partition(void **state)
{
	sign(0);
	sign(5);
	entry = (struct boot_entry){ .root_part = 2, .root_disk = 1 };
	assert_int_equal(load("5+1"), 0);
	assert_int_equal(ho.n, 2);
	assert_int_equal(ho.piece[1].addr, 0x7be);
	assert_int_equal(ho.piece[1].size, 64);
	assert_memory_equal(ho.piece[1].mem, bytes + 446, 64);
	assert_int_equal(ho.rsi, 0x7be + 32);
	assert_int_equal(ho.extra.chain->disk, 1);
	entry.root_part = 4;		/* a logical one */
	assert_int_equal(load("5+1"), 0);
	assert_int_equal(ho.n, 1);
	entry.root_part = 2;
	bytes[446 + 4] = 0xee;		/* a GPT */
	assert_int_equal(load("5+1"), 0);
	assert_int_equal(ho.n, 1);
	assert_int_equal(ho.rsi, 0);
}

static void test_map(void **state)
{
	sign(5);
	entry = (struct boot_entry){ .root_part = -1, .root_disk = 1,
		.n_maps = 2, .map = { { 1, 0 }, { 0, 1 } } };
	assert_int_equal(load("5+1"), 0);
	assert_int_equal(ho.extra.chain->disk, 0);
	assert_int_equal(ho.extra.chain->n_maps, 2);
	entry.map[1].from = 7;
	assert_int_equal(load("5+1"), 0);
	assert_int_equal(ho.extra.chain->disk, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_blocklist, setup),
		cmocka_unit_test_setup(test_no_blocklist, setup),
		cmocka_unit_test_setup(test_signature, setup),
		cmocka_unit_test_setup(test_partition, setup),
		cmocka_unit_test_setup(test_map, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
