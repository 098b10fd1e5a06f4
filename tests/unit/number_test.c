/* Numbers, sizes and names of virtual disks in text. */
#include "tests/unit/unit.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/number.h"
#include "loader/disk/vdev.h"

static void test_take(void **state)
{
	static const struct {
		const char *text;
		unsigned base;
		uint64_t max, v;
		int err;
		size_t used;
	} c[] = {
		{ "0", 10, 9, 0, 0, 1 },
		{ "12ab", 10, 99, 12, 0, 2 },
		{ "007,", 10, 7, 7, 0, 3 },
		{ "18446744073709551615", 10, UINT64_MAX, UINT64_MAX, 0, 20 },
		{ "18446744073709551616", 10, UINT64_MAX, 0, ERR_OVERFLOW },
		{ "99999999999999999999", 10, UINT64_MAX, 0, ERR_OVERFLOW },
		{ "256", 10, 255, 0, ERR_OVERFLOW },
		{ "", 10, 9, 0, ERR_NUMBER },
		{ "-1", 10, 9, 0, ERR_NUMBER },
		{ " 1", 10, 9, 0, ERR_NUMBER },
		{ "0x1F", 10, 99, 0, 0, 1 },
		{ "0x1Fg", 0, 99, 31, 0, 4 },
		{ "0X", 0, 99, 0, ERR_NUMBER },
		{ "0", 0, 99, 0, 0, 1 },
		{ "ff", 16, 255, 255, 0, 2 },
		{ "ffffffffffffffff", 16, UINT64_MAX, UINT64_MAX, 0, 16 },
		{ "10000000000000000", 16, UINT64_MAX, 0, ERR_OVERFLOW },
		{ "@`/:", 16, 9, 0, ERR_NUMBER },
		{ "\xb1", 10, 9, 0, ERR_NUMBER },
	};

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		const char *s = c[i].text;
		uint64_t v = 77;

		assert_int_equal(number_take(&s, NULL, c[i].base, c[i].max,
					     &v), c[i].err);
		assert_int_equal(s - c[i].text, c[i].used);
		assert_int_equal(v, c[i].err ? 77 : c[i].v);
	}
}

static void test_end(void **state)
{
	static const char text[] = "0x12";
	const char *s = text;
	uint64_t v;

	assert_int_equal(number_take(&s, text + 1, 0, 99, &v), 0);
	assert_int_equal(v, 0);
	assert_ptr_equal(s, text + 1);
	s = text;
	assert_int_equal(number_take(&s, text + 3, 0, 99, &v), 0);
	assert_int_equal(v, 1);
	s = text;
	assert_int_equal(number_take(&s, text, 10, 99, &v), ERR_NUMBER);
}

static void test_whole(void **state)
{
	uint64_t v;

	assert_int_equal(number_whole("64", 64, &v), 0);
	assert_int_equal(v, 64);
	assert_int_equal(number_whole("65", 64, &v), ERR_OVERFLOW);
	assert_int_equal(number_whole("6 ", 64, &v), ERR_NUMBER);
	assert_int_equal(number_whole("", 64, &v), ERR_NUMBER);
}

static int size(const char *text, uint64_t *v)
{
	return number_size(text, text + strlen(text), v);
}

static void test_size(void **state)
{
	uint64_t v;

	assert_int_equal(size("512", &v), 0);
	assert_int_equal(v, 512);
	assert_int_equal(size("1k", &v), 0);
	assert_int_equal(v, 1024);
	assert_int_equal(size("0x10m", &v), 0);
	assert_int_equal(v, 16 << 20);
	assert_int_equal(size("3T", &v), 0);
	assert_int_equal(v, 3ULL << 40);
	assert_int_equal(size("16777215T", &v), 0);
	assert_int_equal(size("16777216T", &v), ERR_OVERFLOW);
	assert_int_equal(size("64MiB", &v), 0);
	assert_int_equal(v, 64 << 20);
	assert_int_equal(size("1tiB", &v), 0);
	assert_int_equal(v, 1ULL << 40);
	assert_int_equal(size("64iB", &v), ERR_NUMBER);
	assert_int_equal(size("64Mi", &v), ERR_NUMBER);
	assert_int_equal(size("64MiBx", &v), ERR_NUMBER);
	assert_int_equal(number_size("64MiB", NULL, &v), 0);
	assert_int_equal(size("1KB", &v), ERR_NUMBER);
	assert_int_equal(size("1P", &v), ERR_NUMBER);
	assert_int_equal(size("M", &v), ERR_NUMBER);
	assert_int_equal(size("", &v), ERR_NUMBER);
}

static void test_vdev(void **state)
{
	assert_int_equal(vdev_number("xvda"), 51712);
	assert_int_equal(vdev_number("xvda1"), 51713);
	assert_int_equal(vdev_number("xvdb"), 51728);
	assert_int_equal(vdev_number("xvdp15"), 51967);
	assert_int_equal(vdev_number("xvdq"), 1 << 28 | 16 << 8);
	assert_int_equal(vdev_number("xvda16"), 1 << 28 | 16);
	assert_int_equal(vdev_number("sda1"), 2049);
	assert_int_equal(vdev_number("hda"), 768);
	assert_int_equal(vdev_number("hdb2"), 834);
	assert_int_equal(vdev_number("hdc"), 0);
	assert_int_equal(vdev_number("xvd"), 0);
	assert_int_equal(vdev_number("xvda01"), 0);
	assert_int_equal(vdev_number("xvda1x"), 0);
	assert_int_equal(vdev_number("xvda256"), 0);
	assert_int_equal(vdev_number("xvdA"), 0);
	assert_int_equal(vdev_number(""), 0);
	assert_int_equal(vdev_number("xvda99999999999999999999"), 0);
	assert_int_equal(vdev_number("sdq"), 0);
	assert_int_equal(vdev_number("sda16"), 0);
	assert_int_equal(vdev_number("hda63"), 831);
	assert_int_equal(vdev_number("hda64"), 0);
	assert_int_equal(vdev_number("vda"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_vdev),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
