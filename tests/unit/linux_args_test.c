/* vga= and mem= of a Linux command line. */
#include "tests/unit/unit.h"

#include "loader/base/err.h"
#include "loader/kernel/linux/linux_args.h"

static void test_vga(void **state)
{
	uint16_t mode = 7;

	assert_int_equal(linux_args_vga("xvga=1 quiet", &mode), 0);
	assert_int_equal(mode, 7);
	assert_int_equal(linux_args_vga("vga=normal vga=0x317 x", &mode), 0);
	assert_int_equal(mode, 0x317);
	assert_int_equal(linux_args_vga("a vga=791", &mode), 0);
	assert_int_equal(mode, 791);
	assert_int_equal(linux_args_vga("vga=0x10000", &mode), ERR_NUMBER);
	err_clear();
	assert_int_equal(mode, 791);
}

static void test_mem(void **state)
{
	assert_int_equal(linux_args_mem("mem=1G"), 1 << 30);
	assert_int_equal(linux_args_mem("mem=512K mem=3m"), 3 << 20);
	assert_int_equal(linux_args_mem("mem=nopentium"), UINT64_MAX);
	assert_int_equal(linux_args_mem("memmap=1G"), UINT64_MAX);
	assert_int_equal(linux_args_mem("mem=99999999999999999999"),
			 UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vga),
		cmocka_unit_test(test_mem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
