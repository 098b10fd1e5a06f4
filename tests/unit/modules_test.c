/* Module names from an initramfs: one archive, two, and broken ones. */
#include "tests/unit/unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "tools/host/modules.h"

static char data[1 << 20];

/* A cpio archive with the file PATH of TEXT at OFF; its length. */
static size_t put(size_t off, const char *path, const char *text, bool packed)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t used = 0;

	archive_write_set_format_cpio_newc(a);
	if (packed)
		archive_write_add_filter_gzip(a);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open_memory(a, data + off,
			 sizeof(data) - off, &used), ARCHIVE_OK);
	archive_entry_set_pathname(e, path);
	archive_entry_set_size(e, (la_int64_t)strlen(text));
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_write_header(a, e);
	archive_write_data(a, text, strlen(text));
	archive_entry_free(e);
	archive_write_close(a);
	archive_write_free(a);
	return used;
}

static char *names(size_t len, char why[128])
{
	struct modules m;

	modules_open(&m);
	modules_in_initrd(&m, data, len, why);
	return modules_close(&m);
}

static void test_builtin(void **state)
{
	char why[128];
	size_t len = put(0, "lib/modules/6.1/modules.builtin",
			 "kernel/drivers/block/virtio_blk.ko\n"
			 "kernel/fs/ext4/ext4.ko\n", false);
	char *text = names(len, why);

	assert_string_equal(text, "\nvirtio_blk\next4\n");
	assert_string_equal(why, "");
	free(text);
}

/* Microcode, not packed, then zeroes, then the packed rest. */
static void test_second_archive(void **state)
{
	char why[128], *text;
	size_t len = put(0, "kernel/x86/microcode/AuthenticAMD.bin", "abc",
			 false);

	memset(data + len, 0, 512);
	len += 512;
	len += put(len, "lib/modules/6.1/modules.builtin",
		   "kernel/drivers/nvme/host/nvme.ko\n", true);
	text = names(len, why);
	assert_string_equal(text, "\nnvme\n");
	assert_string_equal(why, "");
	free(text);
}

static void test_unknown(void **state)
{
	char why[128];

	/* without modules.builtin nothing is certain */
	assert_null(names(put(0, "lib/a.ko", "x", false), why));
	assert_string_equal(why, "");
	memset(data, 'x', 100000);
	assert_null(names(100000, why));
	assert_string_equal(why, "");
	assert_null(names(0, why));
	assert_null(names(3, why));
}

static void test_cut(void **state)
{
	static char noise[200000];
	char why[128];
	size_t len;

	for (size_t i = 0; i + 1 < sizeof(noise); i++)
		noise[i] = (char)(33 + rand() % 90);
	len = put(0, "lib/modules/6.1/modules.builtin", noise, true);
	free(names(len, why));
	assert_string_equal(why, "");
	free(names(len / 2, why));
	assert_non_null(strstr(why, "the initrd is damaged: "));
	len = put(0, "lib/noise", noise, false);
	assert_null(names(len / 2, why));
	assert_non_null(strstr(why, "the initrd is damaged: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builtin),
		cmocka_unit_test(test_second_archive),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
