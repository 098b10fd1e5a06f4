/* Keys for QEMU: all that an American keyboard writes, and nothing else. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tools/vm/sendkey.h"

static void test_all(void **state)
{
	char seen[128][20];
	unsigned n = 0;
	bool shift;

	for (char c = ' '; c < 127; c++) {
		const char *name = sendkey_name(c, &shift);

		assert_non_null(name);
		snprintf(seen[n], sizeof(seen[n]), "%s%s", name,
			 shift ? "+" : "");
		/* No two characters by one key. */
		for (unsigned i = 0; i < n; i++)
			assert_string_not_equal(seen[i], seen[n]);
		n++;
	}
}

static void test_names(void **state)
{
	static const struct {
		char c;
		bool shift;
		const char *name;
	} want[] = {
		{ 'a', false, "a" }, { 'Z', true, "z" }, { '0', false, "0" },
		{ ')', true, "0" }, { '_', true, "minus" },
		{ ' ', false, "spc" }, { '\n', false, "ret" },
		{ '~', true, "grave_accent" }, { '\\', false, "backslash" },
	};
	bool shift;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_string_equal(sendkey_name(want[i].c, &shift),
				    want[i].name);
		assert_int_equal(shift, want[i].shift);
	}
}

static void test_others(void **state)
{
	bool shift;

	for (int c = 0; c < 256; c++)
		if ((c < ' ' || c > '~') && !strchr("\t\n\033", c))
			assert_null(sendkey_name((char)c, &shift));
	assert_null(sendkey_name(0, &shift));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all), cmocka_unit_test(test_names),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests_name("sendkey", tests, NULL, NULL);
}
