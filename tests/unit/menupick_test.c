/* One entry of a menu.lst made the one that starts: the bytes that come out. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "tools/host/menu/menupick.h"

static void picks_n(const char *text, size_t len, uint32_t entry,
		    const char *wanted, size_t wanted_len)
{
	size_t n = 0;
	char *in = malloc(len ? len : 1), *out;	/* ASan sees a byte too many */

	memcpy(in, text, len);
	out = menupick_text(in, len, entry, &n);
	assert_non_null(out);
	assert_int_equal(n, wanted_len);
	assert_memory_equal(out, wanted, n);
	free(out);
	free(in);
}

static void picks(const char *text, uint32_t entry, const char *wanted)
{
	picks_n(text, strlen(text), entry, wanted, strlen(wanted));
}

#define REST "title a\nkernel /a\n"

static void test_header(void **state)
{
	picks("default 0\ntimeout 5\n" REST, 2,
	      "default 2\ntimeout 0\n" REST);
	picks("timeout 5\ndefault 0\n# default 7\n" REST, 2,
	      "timeout 0\ndefault 2\n# default 7\n" REST);
	picks("default=0\n\ttimeout\t= 9\n" REST, 11,
	      "default 11\ntimeout 0\n" REST);
	picks("default saved\ntimeout 0x10\n" REST, 1,
	      "default 1\ntimeout 0\n" REST);
	/* The last one counts: none may be left as it was. */
	picks("default 0\ntimeout 1\ncolor x\ndefault 3\ntimeout\n" REST, 1,
	      "default 1\ntimeout 0\ncolor x\ndefault 1\ntimeout 0\n" REST);
	picks("hiddenmenu\ndefault 0\ntimeout 0\npassword x\n" REST, 0,
	      "hiddenmenu\ndefault 0\ntimeout 0\npassword x\n" REST);
	picks("defaults 3\ndefault0\ntimeouts 1\n" REST, 1, "default 1\n"
	      "timeout 0\ndefaults 3\ndefault0\ntimeouts 1\n" REST);
}

static void test_missing(void **state)
{
	picks(REST, 1, "default 1\ntimeout 0\n" REST);
	picks("default 4\n" REST, 1, "timeout 0\ndefault 1\n" REST);
	picks("timeout 4\n" REST, 1, "default 1\ntimeout 0\n" REST);
	picks("# c\r\ntitle a\r\nboot\r\n", 1, "default 1\r\ntimeout 0\r\n"
	      "# c\r\ntitle a\r\nboot\r\n");
	picks("", 0, "default 0\ntimeout 0\n");
	picks("title x", 0, "default 0\ntimeout 0\ntitle x");
}

static void test_fallback(void **state)
{
	picks("fallback 1 2\ndefault 0\nfallback=3\ntimeout 1\nfallback\n" REST,
	      1, "default 1\ntimeout 0\n" REST);
	picks("default 0\ntimeout 1\nfallback 1 \\\n 2 \\\n3\n#\n" REST, 1,
	      "default 1\ntimeout 0\n#\n" REST);
	picks("default 0\ntimeout 1\nfallback 1", 1,
	      "default 1\ntimeout 0\n");
}

/* Behind the first title these are an entry's words, and stay. */
static void test_in_entry(void **state)
{
	static const char rest[] = "title a\ndefault 3\ntimeout 4\n"
				   "fallback 2\nkernel /a\n";
	char in[200], out[200];

	strcat(strcpy(in, "default 0\ntimeout 9\n"), rest);
	strcat(strcpy(out, "default 1\ntimeout 0\n"), rest);
	picks(in, 1, out);
	strcat(strcpy(out, "default 1\ntimeout 0\n"), rest);
	picks(rest, 1, out);
}

static void test_line_ends(void **state)
{
	picks("default 0\r\nfallback 1\r\n#\r\ntimeout 5\r\ntitle a\r\n", 2,
	      "default 2\r\n#\r\ntimeout 0\r\ntitle a\r\n");
	/* A '\' joins, also with CR behind it, and in comments. */
	picks("default \\\n 0\ntimeout\\\r\n5\r\ntitle a\n", 2,
	      "default 2\ntimeout 0\r\ntitle a\n");
	picks("# c \\\ndefault 4\ndefault 0\ntimeout 1\n" REST, 2,
	      "# c \\\ndefault 4\ndefault 2\ntimeout 0\n" REST);
	picks("x \\\ndefault 4\ntimeout 1\n" REST, 2,
	      "default 2\nx \\\ndefault 4\ntimeout 0\n" REST);
	picks("\\\n\\\ndefault 4\ntimeout 1\\\n\n" REST, 2,
	      "\\\n\\\ndefault 2\ntimeout 0\n" REST);
	picks("timeout 1\ndefault 4\\", 2, "timeout 0\ndefault 2");
	picks("timeout 1\ndefault 4", 2, "timeout 0\ndefault 2");
	picks("de\rfault 1\ntimeout 1\n" REST, 2,
	      "default 2\ntimeout 0\n" REST);
}

static void test_nul(void **state)
{
	picks_n("default 1\0 \ntimeout 2\n\0\nfoo\0\n", 29, 3,
		"default 3\ntimeout 0\n\0\nfoo\0\n", 27);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_fallback),
		cmocka_unit_test(test_in_entry),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
