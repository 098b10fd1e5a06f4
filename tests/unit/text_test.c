/* What a terminal, a line and JSON are given of names and texts of others. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "tools/text.h"

static void shows(const char *s, const char *want)
{
	char *got = text_plain(s);

	assert_string_equal(got, want);
	free(got);
}

static void test_plain(void **state)
{
	shows("", "");
	shows("plain text", "plain text");
	shows("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xbe",
	      "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xbe");
	shows("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m");
	shows("a\nb\r\tc\x7f", "a\\x0ab\\x0d\\x09c\\x7f");
	/* C1: CSI in one character; alone it is no UTF-8 either. */
	shows("\xc2\x9b" "2J \x9b" "2J", "\\xc2\\x9b2J \\x9b2J");
	shows("no\xfc" "chern", "no\\xfcchern");
	/* Right-to-left override, isolates, and what stands beside them. */
	shows("a\xe2\x80\xae" "b\xe2\x81\xa6" "c\xe2\x80\xa6",
	      "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6c\xe2\x80\xa6");
	shows("cut \xe2\x82", "cut \\xe2\\x82");
}

static void test_lines(void **state)
{
	char *got;
	size_t len;
	FILE *f = open_memstream(&got, &len);

	text_put_lines("a\n\tb\x1b[2J\r\n", f);
	fclose(f);
	assert_string_equal(got, "a\n\tb\\x1b[2J\\x0d\n");
	free(got);
}

static void json_is(const char *s, const char *want)
{
	json_t *j = text_json(s);

	assert_string_equal(json_string_value(j), want);
	json_decref(j);
}

static void test_json(void **state)
{
	json_is(NULL, "");
	json_is("a\xff\xfe", "a\\xff\\xfe");
	json_is("\xed\xa0\x80", "\\xed\\xa0\\x80");	/* a surrogate */
	/* That one is jansson's to escape. */
	json_is("\xc3\xa9\x1b", "\xc3\xa9\x1b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
