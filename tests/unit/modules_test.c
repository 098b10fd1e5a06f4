/* Module names from an initramfs: one archive, two, and broken ones. */
#include "tests/unit/unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "tests/unit/put_file.h"
#include "tools/host/drivers/modules.h"

static char data[1 << 20];

/* A cpio archive with the file PATH of TEXT at OFF; its length. */
static size_t put(size_t off, const char *path, const char *text, bool packed)
{
	struct archive *a = archive_write_new();
	size_t used = 0;

	archive_write_set_format_cpio_newc(a);
	if (packed)
		archive_write_add_filter_gzip(a);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open_memory(a, data + off,
			 sizeof(data) - off, &used), ARCHIVE_OK);
	put_file(a, path, text);
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

/* A cpio header in the "newc" form, and the name; its length. */
static size_t header(char *to, const char *name, unsigned name_size,
		     unsigned size)
{
	size_t len = (size_t)sprintf(to, "070701%08x%08x%08x%08x%08x%08x%08x"
		"%08x%08x%08x%08x%08x%08x%s", 1, 0100644, 0, 0, 1, 0, size, 0,
		0, 0, 0, name_size, 0, name) + 1;

	while (len % 4)
		to[len++] = 0;
	return len;
}

/* What an archive may claim costs neither time nor memory. */
static void test_claims(void **state)
{
	static const unsigned sizes[][2] = {
		{ 0xffffffff, 0 }, { 4, 0xffffffff }, { 0x7fffffff, 1 },
		{ 4097, 0 }, { 0, 0 }, { 4096, 16 },
	};
	char why[128];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t len = header(data, "a.ko", 5, 0);

		len += header(data + len, "b.ko", sizes[i][0], sizes[i][1]);
		assert_null(names(len, why));
		assert_non_null(strstr(why, "the initrd is damaged: "));
	}
}

/* N times the SIZE bytes at PIECE as zstd in DATA; the length. */
static size_t pack(const void *piece, size_t size, size_t n)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t used = 0;

	archive_write_set_format_raw(a);
	archive_write_add_filter_zstd(a);
	archive_write_set_bytes_in_last_block(a, 1);
	archive_write_open_memory(a, data, sizeof(data), &used);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_write_header(a, e);
	while (n--)
		archive_write_data(a, piece, size);
	archive_entry_free(e);
	archive_write_close(a);
	archive_write_free(a);
	return used;
}

static void test_bombs(void **state)
{
	static char piece[1 << 20], name[4096];
	char why[128];
	size_t len, used;

	/* 64 MiB of names: more than are kept, so nothing is known. */
	memset(name, 'm', sizeof(name));
	strcpy(name + 3990, ".ko");
	len = header(piece, name, 3994, 0);
	for (used = len; used + len <= sizeof(piece); used += len)
		memcpy(piece + used, piece, len);
	assert_null(names(pack(piece, used, 64), why));
	/* Cut off where an entry is whole: that is early, but no more. */
	assert_non_null(strstr(why, "it ends too early"));

	/* A file of 2 GiB: looked at up to a limit, then nothing is said. */
	memset(piece, 0, sizeof(piece));
	header(piece, "f", 2, 0x7fffffff);
	assert_null(names(pack(piece, sizeof(piece), 1500), why));
	assert_string_equal(why, "");

	/* Two layers: the inner one is no archive. */
	used = pack(piece, 1000, 1);
	memcpy(piece, data, used);
	assert_null(names(pack(piece, used, 1), why));
	assert_string_equal(why, "");
}

/* One compressed stream may hold several archives. */
static void test_joined(void **state)
{
	static char piece[4096];
	static const char list[] = "kernel/nvme.ko\n";
	char why[128], *text;
	size_t len = header(piece, "a.ko", 5, 0);

	len += header(piece + len, "TRAILER!!!", 11, 0);
	len += 512;
	len += header(piece + len, "x/modules.builtin", 18, sizeof(list) - 1);
	memcpy(piece + len, list, sizeof(list) - 1);
	len += (sizeof(list) + 2) & ~3ul;
	len += header(piece + len, "init", 5, 24);
	memcpy(piece + len, "USERSPACE {\"kernel\":%s,\n", 24);
	len += 24;
	len += header(piece + len, "TRAILER!!!", 11, 0);
	for (unsigned packed = 0; packed < 2; packed++) {
		struct modules m;
		size_t used = packed ? pack(piece, len, 1) : len;

		if (!packed)
			memcpy(data, piece, len);
		modules_open(&m);
		modules_in_initrd(&m, data, used, why);
		assert_true(m.has_probe);
		text = modules_close(&m);
		assert_string_equal(text, "\na\nnvme\n");
		assert_string_equal(why, "");
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builtin),
		cmocka_unit_test(test_second_archive),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
