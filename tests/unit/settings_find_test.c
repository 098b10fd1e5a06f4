/* The settings block and the file on the EFI system partition. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/settings_find.h"
#include "tests/unit/testdisk.h"

#define UNIT (2040 * 512)	/* of the gap before sector 2048 */

static char *dir;
static char text[SETTINGS_MAX + 1], told[400];
static struct arena arena;

static void tell(void *ctx, const char *line)
{
	assert_ptr_equal(ctx, told);
	strcat(strcat(told, line), "|");
}

/* An MBR, an ESP at sector 2048 and a partition. */
static int setup(void **state)
{
	dir = testdisk_mkdir();
	testdisk_arena(&arena, 1 << 20);
	testdisk_sh(dir, "truncate -s 8M disk; printf '2048,4096,ef\\n"
		    "8192,,83\\n' | sfdisk -q --no-tell-kernel disk; "
		    "mformat -i disk@@1M -T 4096 ::; mmd -i disk@@1M ::/EFI "
		    "::/EFI/twinboot; cp disk fresh");
	return 0;
}

static int teardown(void **state)
{
	testdisk_rmdir(dir);
	free(arena.base);
	return 0;
}

static void put(const void *data, size_t len, off_t at)
{
	char path[500];
	int fd;

	snprintf(path, sizeof(path), "%s/disk", dir);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, data, len, at), len);
	close(fd);
}

static void put_block(const char *conf, size_t at, char value)
{
	struct settings_block b;

	assert_true(settings_block_make(&b, conf));
	if (at)
		((char *)&b)[at] = value;
	put(&b, sizeof(b), UNIT);
}

static void put_file(const char *command)
{
	testdisk_sh(dir, "%s >c; mcopy -o -i disk@@1M c "
		    "::/EFI/twinboot/twinboot.conf", command);
}

/* What is found: FROM, its text, what is told. */
static void finds(const char *from, const char *conf, const char *says)
{
	static struct part_list parts;
	struct testdisk d;
	char path[500];
	const char *got;

	snprintf(path, sizeof(path), "%s/disk", dir);
	testdisk_open(&d, path, 512);
	err_clear();
	told[0] = text[0] = 0;
	assert_int_equal(part_read(&d.blk, &parts), 0);
	got = settings_find(&d.blk, &parts, &arena, text, tell, told);
	testdisk_close(&d);
	assert_string_equal(got ? got : "none", from ? from : "none");
	assert_string_equal(told, says);
	if (conf)
		assert_string_equal(text, conf);
	assert_int_equal(arena.used, 0);
	assert_string_equal(err_text(), "");
}

static void fresh_disk(void)
{
	testdisk_sh(dir, "cp fresh disk");
}

static void test_order(void **state)
{
	fresh_disk();
	finds(NULL, NULL, "");
	put_file("echo pv=never");
	finds(SETTINGS_ESP_FILE, "pv=never\n", "");
	put_block("pv=always\n", 0, 0);
	finds("settings block", "pv=always\n", "");
	/* An empty one says something, too: nothing is set. */
	put_block("", 0, 0);
	finds("settings block", "", "");
}

static void test_damage(void **state)
{
	static const char damaged[] = "settings block: damaged, passed over|";

	fresh_disk();
	put_file("echo pv=never");
	put_block("pv=always\n", 25, 'x');
	finds(SETTINGS_ESP_FILE, "pv=never\n", damaged);
	/* A length out of range; one byte less than was summed. */
	put_block("pv=always\n", 14, 1);
	finds(SETTINGS_ESP_FILE, "pv=never\n", damaged);
	put_block("pv=always\n", 12, 9);
	finds(SETTINGS_ESP_FILE, "pv=never\n", damaged);
	put_block("pv=always\n", 8, 2);
	finds(SETTINGS_ESP_FILE, "pv=never\n", damaged);
	put_block("pv=always\n", 7, 'f');	/* another magic: none */
	finds(SETTINGS_ESP_FILE, "pv=never\n", "");
	put_file("head -c 4077 /dev/zero");
	finds(NULL, NULL, SETTINGS_ESP_FILE ": too long, or damaged: passed "
	      "over|");
	put_file("head -c 4076 /dev/zero | tr '\\0' '#'");
	finds(SETTINGS_ESP_FILE, NULL, "");
	assert_int_equal(strlen(text), SETTINGS_MAX);
	testdisk_sh(dir, "head -c 600 /dev/zero | dd of=disk bs=512 "
		    "seek=2048 conv=notrunc status=none");
	finds(NULL, NULL, "");
}

static void test_make(void **state)
{
	static char conf[SETTINGS_MAX + 2];
	struct settings_block b;

	memset(conf, '#', SETTINGS_MAX + 1);
	assert_false(settings_block_make(&b, conf));
	conf[SETTINGS_MAX] = 0;
	assert_true(settings_block_make(&b, conf));
	fresh_disk();
	put_block(conf, 0, 0);
	finds("settings block", conf, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_make),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
