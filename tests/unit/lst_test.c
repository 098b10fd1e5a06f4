/* The grammar of menu.lst, rule by rule. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "loader/base/err.h"
#include "tests/unit/testlst.h"

static void parse(const char *s)
{
	testlst_parse(s, strlen(s), LST_GNU097);
}

static void is_line(uint32_t i, enum lst_kind kind, uint32_t number,
		    const char *whole, const char *args)
{
	assert_true(i < lst.n_lines);
	assert_int_equal(lst.line[i].kind, kind);
	assert_int_equal(lst.line[i].line, number);
	assert_string_equal(lst_text(&lst, &lst.line[i]), whole);
	assert_string_equal(lst_args(&lst, &lst.line[i]), args);
}

static void test_bytes(void **state)
{
	parse("\n \t\r\n  de\rfault\t1\r\n#c\n\t # c\nfoo # data\n");
	assert_int_equal(lst.n_lines, 2);
	is_line(0, LST_GLOBAL, 3, "default 1", "1");
	is_line(1, LST_IGNORED, 6, "foo # data", "# data");
	assert_int_equal(lst.default_entry, 1);
	parse("timeout 7");
	assert_int_equal(lst.timeout, 7);
	parse("\xef\xbb\xbftimeout 7\n");
	assert_int_equal(lst.timeout, -1);
	is_line(0, LST_IGNORED, 1, "\xef\xbb\xbftimeout 7", "7");
	parse("");
	assert_int_equal(lst.n_lines, 0);
	assert_int_equal(lst.n_entries, 0);
}

static void test_joins(void **state)
{
	parse("time\\\nout 3\ntimeout \\\n5\nx\\y\\\\\nz\n");
	is_line(0, LST_IGNORED, 1, "time out 3", "out 3");
	is_line(1, LST_GLOBAL, 3, "timeout  5", "5");
	is_line(2, LST_IGNORED, 5, "x\\y\\ z", "z");
	assert_int_equal(lst.timeout, 5);
	/* CR does not stand between; a comment joins, too. */
	parse("timeout\\\r\n4\n# c \\\ntimeout 9\n");
	assert_int_equal(lst.timeout, 4);
	assert_int_equal(lst.n_lines, 1);
	/* A line that is only a join is no line; what follows may be one. */
	parse("\\\n\\\n# c\n\\\ntimeout 6\n");
	assert_int_equal(lst.n_lines, 1);
	is_line(0, LST_GLOBAL, 5, "timeout 6", "6");
	/* No NL after it: it stays. */
	parse("abc\\");
	is_line(0, LST_IGNORED, 1, "abc\\", "");
}

static void test_nul(void **state)
{
	testlst_parse("timeout 4\0 5\ndefault 2\n", 23, LST_GNU097);
	assert_int_equal(lst.timeout, 4);
	assert_int_equal(lst.default_entry, 2);
	is_line(0, LST_GLOBAL, 1, "timeout 4", "4");
	testlst_parse("\0timeout 4\n", 11, LST_GNU097);
	is_line(0, LST_IGNORED, 1, "", "");
}

static void test_long_lines(void **state)
{
	char s[4000];

	memset(s, 'a', sizeof(s));
	memcpy(s, "timeout 0000", 12);
	s[sizeof(s) - 3] = '\n';
	s[sizeof(s) - 2] = 'b';
	s[sizeof(s) - 1] = '\n';
	testlst_parse(s, sizeof(s), LST_GNU097);
	assert_int_equal(lst.n_lines, 2);
	assert_int_equal(strlen(lst_text(&lst, &lst.line[0])), LST_LINE_MAX);
	assert_true(lst.line[0].cut);
	is_line(1, LST_IGNORED, 2, "b", "");
	/* A join past the end overwrites the last byte kept. */
	s[2000] = '\\';
	s[2001] = '\n';
	testlst_parse(s, sizeof(s), LST_GNU097);
	assert_int_equal(lst_text(&lst, &lst.line[0])[LST_LINE_MAX - 2], 'a');
	assert_int_equal(lst_text(&lst, &lst.line[0])[LST_LINE_MAX - 1], ' ');
	assert_int_equal(strlen(lst_text(&lst, &lst.line[0])), LST_LINE_MAX);
	assert_true(lst.line[0].cut);
	/* Nothing but blanks behind the last byte that counts: all is there. */
	s[2000] = s[2001] = ' ';
	memset(s + LST_LINE_MAX, ' ', 2000 - LST_LINE_MAX);
	s[2002] = '\n';
	testlst_parse(s, sizeof(s), LST_GNU097);
	assert_int_equal(strlen(lst_text(&lst, &lst.line[0])), LST_LINE_MAX);
	assert_false(lst.line[0].cut);
}

static void test_names(void **state)
{
	parse("default=3\ntimeout = 8\nTIMEOUT 1\ntimeouts 1\n=timeout 1\n"
	      "hiddenmenu\ntitle=  Foo =\nroot==(hd0)\nkernel /k a=b  c \n");
	assert_int_equal(lst.default_entry, 3);
	assert_int_equal(lst.timeout, 8);
	assert_true(lst.hiddenmenu);
	is_line(2, LST_IGNORED, 3, "TIMEOUT 1", "1");
	is_line(3, LST_IGNORED, 4, "timeouts 1", "1");
	is_line(4, LST_IGNORED, 5, "=timeout 1", "timeout 1");
	is_line(6, LST_TITLE, 7, "title=  Foo =", "Foo =");
	is_line(7, LST_COMMAND, 8, "root==(hd0)", "(hd0)");
	is_line(8, LST_COMMAND, 9, "kernel /k a=b  c ", "/k a=b  c ");
}

static void test_header(void **state)
{
	parse("root (hd0)\nkernel /k\nboot\nfoo\ncolor a/b\ntimeout 5\n"
	      "timeout x\ntimeout -1\ntitle a\ntimeout 9\nbar\nboot\n");
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(lst.line[i].kind, LST_IGNORED);
	for (uint32_t i = 4; i < 8; i++)
		assert_int_equal(lst.line[i].kind, LST_GLOBAL);
	assert_int_equal(lst.timeout, 5);
	is_line(9, LST_COMMAND, 10, "timeout 9", "9");
	is_line(10, LST_UNKNOWN, 11, "bar", "");
	assert_int_equal(lst.n_entries, 1);
}

static void test_entries(void **state)
{
	parse("title a\nunknown\ntitle b\nboot\ntitle\ntitle c\nboot\n"
	      "title d\n");
	assert_int_equal(lst.n_entries, 2);
	assert_int_equal(lst.n_dropped, 3);
	assert_string_equal(lst_title(&lst, &lst.entry[0]), "b");
	assert_string_equal(lst_title(&lst, &lst.entry[1]), "c");
	assert_string_equal(lst_title(&lst, lst_dropped(&lst, 0)), "a");
	assert_string_equal(lst_title(&lst, lst_dropped(&lst, 1)), "");
	assert_string_equal(lst_title(&lst, lst_dropped(&lst, 2)), "d");
	assert_int_equal(lst.entry[1].end - lst.entry[1].title, 2);
	/* A header-only command keeps its entry. */
	parse("title a\ntimeout 3\n");
	assert_int_equal(lst.n_entries, 1);
	assert_int_equal(lst.timeout, -1);
}

static void number(const char *s, int err, int32_t value, const char *rest)
{
	int32_t n = -7;

	assert_int_equal(lst_number(&s, &n), err);
	assert_int_equal(n, value);
	assert_string_equal(s, rest);
}

static void test_numbers(void **state)
{
	number("010", 0, 10, "");
	number("0x1Fg", 0, 31, "g");
	number("0XaB ", 0, 0xab, " ");
	number("12abc", 0, 12, "abc");
	number("2147483647", 0, INT32_MAX, "");
	number("2147483648", ERR_OVERFLOW, -7, "2147483648");
	number("0x7fffffff", 0, INT32_MAX, "");
	number("0x80000000", ERR_OVERFLOW, -7, "0x80000000");
	number("99999999999999999999", ERR_OVERFLOW, -7,
	       "99999999999999999999");
	number("0x", ERR_NUMBER, -7, "0x");
	number("-1", ERR_NUMBER, -7, "-1");
	number("+1", ERR_NUMBER, -7, "+1");
	number("", ERR_NUMBER, -7, "");
	number("a", ERR_NUMBER, -7, "a");
	number("\xb1", ERR_NUMBER, -7, "\xb1");
}

static void test_default(void **state)
{
	uint32_t next;

	parse("default saved\ntitle a\nboot\ntitle b\nboot\n");
	assert_int_equal(lst.default_entry, LST_SAVED);
	assert_int_equal(lst_default(&lst, 1, &next), 1);
	assert_int_equal(lst_default(&lst, 2, &next), 0);
	parse("default 1\ndefault saved \ndefault 99999999999\n");
	assert_int_equal(lst.default_entry, 1);
	parse("default 5\nfallback 7 1 0\ntitle a\nboot\ntitle b\nboot\n");
	assert_int_equal(lst_default(&lst, 0, &next), 1);
	assert_int_equal(next, 1);
	parse("default 5\ntitle a\nboot\n");
	assert_int_equal(lst_default(&lst, 0, &next), 0);
	assert_int_equal(next, 0);
}

/* The fallback that LINES (header lines) give to a file of 12 entries. */
static void fallback(const char *lines, const char *expected)
{
	char s[1000], got[100] = "";
	int n = snprintf(s, sizeof(s), "%s\n", lines);

	for (int i = 0; i < 12; i++)
		n += snprintf(s + n, sizeof(s) - (size_t)n, "title\nboot\n");
	parse(s);
	for (uint32_t i = 0; i < lst.n_fallback; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%d ",
			 lst.fallback[i]);
	assert_string_equal(got, expected);
}

static void test_fallback(void **state)
{
	fallback("", "");
	fallback("fallback", "");
	fallback("fallback 1", "1 ");
	fallback("fallback=1 3  2 ", "1 3 2 ");
	fallback("fallback 1 12 2 99", "1 2 ");
	fallback("fallback 12", "");
	fallback("fallback 0 1 2 3 4 5 6 7 8", "0 1 2 3 4 5 6 7 ");
	fallback("fallback 20 21 22 3 4 5 6 7 8", "3 4 5 6 7 ");
	/* A number twice makes the command fail, but not at its very end. */
	fallback("fallback 1 1 2", "");
	fallback("fallback 1 1", "1 ");
	fallback("fallback 1 1 ", "");
	fallback("fallback x", "");
	fallback("fallback 1 x", "");
	fallback("fallback 1x 2,5 3", "1 2 3 ");
	/* What fails has still overwritten what was before it. */
	fallback("fallback 3 4\nfallback 1 1 2", "1 4 ");
	fallback("fallback 3 4\nfallback 5", "5 ");
	fallback("fallback 3 4\nfallback", "");
}

static void test_dialects(void **state)
{
	static const char s[] = "serial --unit=0\nsplashimage=/x\ntitle a\n"
		"uuid x\ntitle b\nuppermem 1\ntitle c\nprint x\n";

	testlst_parse(s, strlen(s), LST_GNU097);
	assert_int_equal(lst.line[0].kind, LST_GLOBAL);
	assert_int_equal(lst.line[1].kind, LST_IGNORED);
	assert_int_equal(lst.n_entries, 1);
	assert_string_equal(lst_title(&lst, &lst.entry[0]), "b");
	testlst_parse(s, strlen(s), LST_PVGRUB);
	assert_int_equal(lst.line[0].kind, LST_IGNORED);
	assert_int_equal(lst.line[1].kind, LST_GLOBAL);
	assert_int_equal(lst.n_entries, 1);
	assert_string_equal(lst_title(&lst, &lst.entry[0]), "c");
}

/* The search by halves finds every command, and nothing else. */
static void test_commands(void **state)
{
	unsigned gnu = 0, pv = 0, patches = 0;

	for (unsigned c = 1; c < CMD_COUNT; c++) {
		const char *name = command_name(c);
		size_t len = strlen(name);

		assert_true(len > 0);
		if (command_find(name, len, LST_GNU097) == c)
			gnu++;
		if (command_find(name, len, LST_PATCHES) == c)
			patches++;
		if (command_find(name, len, LST_PVGRUB) == c)
			pv++;
		assert_int_not_equal(command_find(name, len - 1, LST_GNU097),
				     c);
	}
	assert_int_equal(gnu, CMD_COUNT - 1 - 7 - patches);
	assert_int_equal(pv, CMD_COUNT - 1 - 13 - patches);
	assert_int_equal(patches, 2);
	assert_int_equal(command_find("", 0, LST_GNU097), CMD_UNKNOWN);
	assert_int_equal(command_find("modulenounzipxxxxxxxx", 21, LST_GNU097),
			 CMD_UNKNOWN);
}

static void test_no_memory(void **state)
{
	char s[] = "title a\nboot\n";
	uint8_t room[16];
	struct arena small = { room, sizeof(room), 0 };

	err_clear();
	assert_int_equal(lst_parse(&lst, s, strlen(s), LST_GNU097, &small),
			 ERR_NO_MEMORY);
	err_clear();
}

/* The mark is the whole line after the title, and a comment all the same. */
static void test_mark(void **state)
{
	static const struct {
		const char *after;	/* the title's line */
		bool pv;
		unsigned lines;		/* title and what is left */
	} c[] = {
		{ "\n#twinboot pv=always\nboot\n", true, 2 },
		{ "\r\n#twinboot pv=always \t\r\nboot\n", true, 2 },
		{ "\n#twinboot pv=always", true, 1 },
		{ "\n#twinboot pv=alway", false, 1 },
		{ "\n#twinboot pv=always2\nboot\n", false, 2 },
		{ "\n#twinboot pv=always \\\nboot\n", false, 1 },
		{ "\n #twinboot pv=always\nboot\n", false, 2 },
		{ "\n# twinboot pv=always\nboot\n", false, 2 },
		{ "\n\n#twinboot pv=always\nboot\n", false, 2 },
		{ "\nboot\n#twinboot pv=always\n", false, 2 },
		{ " \\\n#twinboot pv=always\nboot\n", false, 2 },
		{ " \\\nx\n#twinboot pv=always\nboot\n", true, 2 },
		{ "", false, 1 },
	};
	char text[128];

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		int n = snprintf(text, sizeof(text), "title a%s", c[i].after);

		testlst_parse(text, (size_t)n, LST_GNU097);
		assert_int_equal(lst.n_lines, c[i].lines);
		assert_int_equal(lst.line[0].pv, c[i].pv);
	}
	/* Only a title has one. */
	parse("default 0\n#twinboot pv=always\ntitle b\nboot\n"
	      "#twinboot pv=always\nboot\ntitle c\n#twinboot pv=always\n"
	      "boot\n");
	for (uint32_t i = 0; i < lst.n_lines; i++)
		assert_int_equal(lst.line[i].pv, i == 4);
	assert_false(lst_pv(&lst, &lst.entry[0]));
	assert_true(lst_pv(&lst, &lst.entry[1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_joins),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_fallback),
		cmocka_unit_test(test_dialects),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_mark),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	testlst_free();
	return failed;
}
