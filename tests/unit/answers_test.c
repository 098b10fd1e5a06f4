/* --answer: which question is answered when, and how often. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tools/matrix/answers.h"

static void test_order(void **state)
{
	struct answers_state s = { 0 };
	struct answers a = { 0 };

	assert_int_equal(answers_add(&a, "login: $=root"), 0);
	assert_int_equal(answers_add(&a, "[Pp]assword:=a=b"), 0);
	assert_null(answers_next(&a, &s, "Debian\nlogi"));
	assert_string_equal(answers_next(&a, &s, "Debian\nx login: "), "root");
	assert_null(answers_next(&a, &s, "Debian\nx login: "));
	assert_null(answers_next(&a, &s, "Debian\nx login: root\n"));
	assert_string_equal(answers_next(&a, &s, "Debian\nx login: root\n"
					 "Password: "), "a=b");
	assert_int_equal(s.answered,
			 strlen("Debian\nx login: root\nPassword:"));
	answers_release(&a);
}

/* The screen's text as it grows, scrolls, and is asked again. */
static void test_screen(void **state)
{
	struct answers_state s = { 0 };
	struct answers a = { 0 };

	assert_int_equal(answers_add(&a, "^Name\\?=me"), 0);
	assert_int_equal(answers_add(&a, "Password:=a=b"), 0);
	assert_null(answers_shown(&a, &s, "booting\nNa"));
	assert_string_equal(answers_shown(&a, &s, "booting\nName?"), "me");
	assert_null(answers_shown(&a, &s, "booting\nName? me"));
	assert_null(answers_shown(&a, &s, "booting\nName? me\nno Name?"));
	assert_string_equal(answers_shown(&a, &s, "booting\nName? me\nName?\n"
					  "Password:"), "me");
	assert_string_equal(answers_shown(&a, &s, "booting\nName? me\nName?\n"
					  "Password:"), "a=b");
	assert_null(answers_shown(&a, &s, ""));
	assert_string_equal(answers_shown(&a, &s, "Name?"), "me");
	/* What the serial line has had is not the screen's. */
	assert_string_equal(answers_next(&a, &s, "Password:"), "a=b");
	assert_null(answers_shown(&a, &s, "Name?\nPassword:"));
	answers_release(&a);
}

static void test_screen_bound(void **state)
{
	static char text[2 * ANSWERS_EACH_MAX * 2 + 1];
	struct answers_state s = { 0 };
	struct answers a = { 0 };
	unsigned n = 0;

	assert_int_equal(answers_add(&a, "^a|x*=y"), 0);
	for (size_t i = 0; i < 2 * ANSWERS_EACH_MAX; i++) {
		strcat(text, "a\n");
		n += answers_shown(&a, &s, text) != NULL;
	}
	assert_int_equal(n, ANSWERS_EACH_MAX);
	answers_release(&a);
}

static void test_bound(void **state)
{
	struct answers_state s = { 0 };
	struct answers a = { 0 };
	unsigned n = 0;

	assert_int_equal(answers_add(&a, "a|x*=y"), 0);
	while (answers_next(&a, &s, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
		n++;
	assert_int_equal(n, ANSWERS_EACH_MAX);
	answers_release(&a);
}

static void test_wrong(void **state)
{
	static const char *const wrong[] = { "a", "=a", "(=a", "" };
	struct answers a = { 0 };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(answers_add(&a, wrong[i]), -1);
	for (size_t i = 0; i < ANSWERS_MAX; i++)
		assert_int_equal(answers_add(&a, "a="), 0);
	assert_int_equal(answers_add(&a, "a="), -1);
	answers_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order), cmocka_unit_test(test_bound),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_screen_bound),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests_name("answers", tests, NULL, NULL);
}
