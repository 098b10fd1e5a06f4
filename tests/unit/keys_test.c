#include "tests/unit/unit.h"

#include "loader/base/keys.h"
#include "loader/platform.h"

/* Feed TEXT and one "nothing waits"; the keys that come out. */
static unsigned feed(const char *text, int *out)
{
	struct keys k = { 0 };
	unsigned n = 0;
	int key;

	for (; *text; text++)
		if ((key = keys_decode(&k, (unsigned char)*text)) != KEY_NONE)
			out[n++] = key;
	if ((key = keys_decode(&k, -1)) != KEY_NONE)
		out[n++] = key;
	return n;
}

static void one(const char *text, int key)
{
	int out[16];

	assert_int_equal(feed(text, out), 1);
	assert_int_equal(out[0], key);
}

static void test_keys(void **state)
{
	one("a", 'a');
	one("\r", '\n');
	one("\x7f", '\b');
	one("\x1b", 27);
	one("\x1b[A", KEY_UP);
	one("\x1bOB", KEY_DOWN);
	one("\x1b[H", KEY_HOME);
	one("\x1b[1~", KEY_HOME);
	one("\x1b[4~", KEY_END);
	one("\x1b[21~", KEY_F10);
}

static void test_unknown_sequences_vanish(void **state)
{
	int out[16];

	assert_int_equal(feed("\x1b[3~", out), 0);
	assert_int_equal(feed("\x1b[1;5C", out), 0);
	assert_int_equal(feed("\x1b[99999999999999999999~x", out), 1);
	assert_int_equal(out[0], 'x');
}

static void test_nul_is_noise(void **state)
{
	struct keys k = { 0 };

	assert_int_equal(keys_decode(&k, 0), KEY_NONE);
	assert_int_equal(keys_decode(&k, 'x'), 'x');
}

static void test_escape_then_key(void **state)
{
	int out[16];

	assert_int_equal(feed("\x1b" "c", out), 1);
	assert_int_equal(out[0], 'c');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_unknown_sequences_vanish),
		cmocka_unit_test(test_nul_is_noise),
		cmocka_unit_test(test_escape_then_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
