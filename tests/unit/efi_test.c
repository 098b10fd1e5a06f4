/* The EFI application format: what it takes, what it leaves to others. */
#include "tests/unit/unit.h"

#include "loader/base/err.h"
#include "loader/kernel/formats.h"

static uint8_t image[4096];

static void put(size_t at, uint32_t v, size_t bytes)
{
	memcpy(image + at, &v, bytes);
}

/* An MZ header, and a PE32+ header at PE. */
static void make_image(uint32_t pe)
{
	memset(image, 0, sizeof(image));
	put(0, 0x5a4d, 2);
	put(0x3c, pe, 4);
	if (pe > sizeof(image) - 128)
		return;
	put(pe, 0x4550, 4);
	put(pe + 4, 0x8664, 2);
	put(pe + 24, 0x20b, 2);
	put(pe + 24 + 68, 10, 2);
}

static bool probe(void)
{
	return efi_format.probe(span_of(image, sizeof(image)));
}

static void test_probe(void **state)
{
	make_image(0x80);
	assert_true(probe());
	put(0x80 + 4, 0x14c, 2);		/* a 32-bit application */
	assert_false(probe());
	make_image(0x80);
	put(0x80 + 24 + 68, 11, 2);		/* a boot service driver */
	assert_false(probe());
	make_image(0xfffffff0);
	assert_false(probe());
	make_image(4096 - 20);
	assert_false(probe());
}

static void test_probe_linux(void **state)
{
	make_image(0x80);
	memcpy(image + 0x202, "HdrS", 4);
	assert_false(probe());			/* no LoadFile2 */
	put(0x80 + 24 + 44, 1, 2);
	assert_true(probe());
}

static void test_load(void **state)
{
	static uint8_t room[4096];
	struct arena arena = { room, sizeof(room), 0 };
	struct memmap map = { 0 };
	struct boot_entry e = { .kernel_path = "/k", .args = "quiet",
				.n_modules = 3 };
	struct handover ho = { 0 };

	make_image(0x80);
	fs_mem_file(&e.kernel, image, sizeof(image));
	fs_mem_file(&e.module[0].file, image, 5);
	fs_mem_file(&e.module[1].file, image, 0);
	fs_mem_file(&e.module[2].file, image, 8);
	assert_int_equal(efi_format.load(&e, &map, &arena, &ho), 0);
	assert_int_equal(ho.mode, GO_EFI);
	assert_string_equal(ho.extra.path, "/k");
	assert_int_equal(ho.n, 3);
	assert_int_equal(ho.piece[1].addr, 0);
	assert_int_equal(ho.piece[1].size, 8);
	assert_int_equal(ho.piece[2].addr, 8);
	assert_int_equal(ho.piece[2].len, 8);
	ho.n = 0;
	e.module[1].path = "/huge";
	e.module[1].file.size = UINT64_MAX;
	err_clear();
	assert_int_equal(efi_format.load(&e, &map, &arena, &ho),
			 ERR_NO_MEMORY);
	assert_non_null(strstr(err_text(), "/huge"));
}

static bool any(struct span head)
{
	return true;
}

/* `chainloader' passes over the formats that cannot be chainloaded. */
static void test_chain(void **state)
{
	static const struct kernel_format other = { .name = "x",
		.by = BY_KERNEL, .probe = any };
	static const struct kernel_format *const formats[] = { &other,
		&efi_format, NULL };
	static uint8_t room[16384];
	struct arena arena = { room, sizeof(room), 0 };
	struct memmap map = { 0 };
	struct boot_entry e = { .kernel_path = "(hd0,14)/EFI/a.efi",
				.args = "", .chain = true };
	struct handover ho;

	make_image(0x80);
	fs_mem_file(&e.kernel, image, sizeof(image));
	assert_int_equal(kernel_load(formats, &e, &map, &arena, &ho), 0);
	assert_string_equal(ho.format, "efi");
	assert_string_equal(ho.entry_name, "efi-app");
	assert_string_equal(ho.extra.path, "/EFI/a.efi");
	image[0] = 0;
	err_clear();
	assert_int_equal(kernel_load(formats, &e, &map, &arena, &ho),
			 ERR_EXEC_FORMAT);
	err_clear();
	assert_int_equal(kernel_load(formats + 2, &e, &map, &arena, &ho),
			 ERR_COMMAND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_probe_linux),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
