/*
 * Text in the page: no bytes become markup, whatever they are.  The page as a
 * whole is held against one of the same shape without hostile text: its tags
 * and attributes must be the same.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/matrix/page/html.h"
#include "tools/matrix/page/template.h"
#include "tools/matrix/page/view.h"
#include "tools/matrix/matrixhtml.h"

static char *made;
static size_t made_len;

static FILE *begin(void)
{
	FILE *f;

	free(made);
	made = NULL;
	f = open_memstream(&made, &made_len);
	assert_non_null(f);
	return f;
}

/* S goes through a buffer that ends where it ends: ASan sees a read beyond. */
static const char *bytes(const char *s, size_t len)
{
	char *copy = malloc(len);
	FILE *f = begin();

	memcpy(copy, s, len);
	html_bytes(copy, len, f);
	fclose(f);
	free(copy);
	return made;
}

static const char *console(const char *s)
{
	size_t len = strlen(s);
	char *copy = malloc(len), *text;
	FILE *f = begin();

	memcpy(copy, s, len);
	text = html_console(copy, len);
	html_text(text, f);
	fclose(f);
	free(text);
	free(copy);
	return made;
}

static const char *diff(const char *text, const char *other)
{
	json_t *words = view_words(text, other);
	FILE *f = begin();

	assert_int_equal(template_text("{{#.}}{{#mark}}<mark>{{.}}</mark>"
		"{{/mark}}{{plain}}{{/.}}", words, f), 0);
	fclose(f);
	json_decref(words);
	return made;
}

static void test_markup(void **state)
{
	assert_string_equal(bytes("a<b>&\"'", 7),
			    "a&lt;b&gt;&amp;&quot;&#39;");
	assert_string_equal(bytes("\x1b[1m\r\x7f", 6),
			    "\xe2\x90\x9b[1m\xe2\x90\x8d\xe2\x90\xa1");
	assert_string_equal(bytes("a\0b\n\t", 5), "a\xe2\x90\x80" "b\n\t");
}

#define BAD "\xef\xbf\xbd"

static void test_utf8(void **state)
{
	static const struct { const char *in, *out;
	} pairs[] = {
		{ "\xc3\xa9", "\xc3\xa9" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd" },
		{ "\x80", BAD },
		{ "\xff<", BAD "&lt;" },
		{ "\xc3", BAD },
		{ "\xe2\x82", BAD BAD },
		{ "\xc3<", BAD "&lt;" },
		{ "\xc0\xbc", BAD BAD },		/* '<', too long */
		{ "\xe0\x80\xbc", BAD BAD BAD },
		{ "\xed\xa0\x80", BAD BAD BAD },	/* half a pair */
		{ "\xf4\x90\x80\x80", BAD BAD BAD BAD },
		{ "\xe2\x80\xae", BAD },		/* right to left */
		{ "\xe2\x81\xa6", BAD },
		{ "\xef\xbb\xbf", BAD },
		{ "\xef\xbf\xbe", BAD },
		{ "\xc2\x9b", BAD },
		{ "\xe2\x80\x8b", BAD },
		{ "\xf3\xa0\x80\xa0", BAD },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_equal(bytes(pairs[i].in, strlen(pairs[i].in)),
				    pairs[i].out);
}

/* No two bytes make markup, a control character, or an end of an attribute. */
static void test_any_bytes(void **state)
{
	for (unsigned v = 0; v < 0x10000; v++) {
		char s[4] = { (char)(v >> 8), (char)v, '<', 'x' };

		bytes(s, sizeof(s));
		assert_null(strpbrk(made, "<>\"'\x1b\r\x7f"));
		assert_non_null(strstr(made, "&lt;x"));
		assert_int_equal(strlen(made), made_len);
	}
}

static void test_console(void **state)
{
	assert_string_equal(console("a\r\nb\rc"), "a\nb\nc");
	assert_string_equal(console("\x1b[0;32mOK\x1b[m"), "OK");
	assert_string_equal(console("\x1b[2J\x1b[01;01Hx\x1b[02;01Hy"), "x\ny");
	assert_string_equal(console("\x1b" "c\x1b(B\x1b[?25lz"), "z");
	assert_string_equal(console("\x1b]0;title\x07" "b"), "b");
	assert_string_equal(console("\x1b]0;title\x1b\\b"), "b");
	/* What is not whole is shown. */
	assert_string_equal(console("a\x1b"), "a\xe2\x90\x9b");
	assert_string_equal(console("\x1b[12"), "\xe2\x90\x9b[12");
	assert_string_equal(console("\x1b]0;<b>"), "\xe2\x90\x9b]0;&lt;b&gt;");
	assert_string_equal(console("\x1b[<b"), "");
	assert_string_equal(console("\x1b[1<script>"), "cript&gt;");
}

static void test_diff(void **state)
{
	assert_string_equal(diff("a b c", "a b c"), "a b c");
	assert_string_equal(diff("a b c", "a c"), "a <mark>b </mark>c");
	assert_string_equal(diff("a c", "a b c"), "a c");
	assert_string_equal(diff("a  b", "a b"), "a<mark>  </mark>b");
	assert_string_equal(diff("x", "y"), "<mark>x</mark>");
	assert_string_equal(diff("", "y"), "");
	assert_string_equal(diff("<b> c", "c"), "<mark>&lt;b&gt; </mark>c");
	/* The word they share stays as it is on both sides. */
	assert_string_equal(diff("s1 quiet splash", "s0 retain quiet"),
			    "<mark>s1</mark> quiet<mark> splash</mark>");
	assert_string_equal(diff("s0 retain quiet", "s1 quiet splash"),
			    "<mark>s0</mark> <mark>retain </mark>quiet");
}

/* More words than are compared: marked as a whole. */
static void test_diff_long(void **state)
{
	static char text[2000];

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = i % 2 ? ' ' : 'a';
	diff(text, "a");
	assert_memory_equal(made, "<mark>a a", 9);
	assert_int_equal(made_len, sizeof(text) - 1 + 13);
	assert_string_equal(diff("a", text), "<mark>a</mark>");
}

static const char *number(json_int_t n)
{
	json_t *j = view_number(n);
	FILE *f = begin();

	fputs(json_string_value(j), f);
	fclose(f);
	json_decref(j);
	return made;
}

static void test_number(void **state)
{
	assert_string_equal(number(0), "0");
	assert_string_equal(number(999), "999");
	assert_string_equal(number(1000), "1\xc2\xa0" "000");
	assert_string_equal(number(-123456), "-123\xc2\xa0" "456");
}

/* One matrix whose every string is S. */
static json_t *matrix(const char *s)
{
	json_t *fact = json_pack("{ss ss ss ss ss}", "name", s, "got", s,
				 "want", "x", "verdict", "declared", "reason",
				 s);
	json_t *seen = json_pack("{ss ss ss}", "name", s, "got", s, "verdict",
				 s);
	json_t *boot = json_pack("{ss ss ss sf s[{ss si}] s[{s{ss} si}] "
		"s[{ss ss}]}", "command", s, "end", s, "why", s, "seconds",
		1.5, "disks", "name", s, "reads", 5, "records", "TWINBOOT",
		"entry", s, "ms", 5, "firmware", "file", s, "sha256", s);
	json_t *cell = json_pack("{si ss ss ss ss ss ss si so s[oo] s[{ss si}] "
		"s{si} ss ss}", "number", 1, "image", s, "path", s, "profile",
		s, "entry", s, "status", "FAIL", "why", s, "tries", 2, "boot",
		boot, "facts", fact, seen, "times", "phase", s, "ms", 70,
		"cost", "tsc_own", 7, "console", s, "screen", s);
	json_t *odd = json_pack("{si ss ss ss ss}", "number", 2, "status", s,
				"why", s, "path", s, "screen", "iVBORw0KGgo=");

	return json_pack("{ss si s[oo]}", "schema", s, "total", 3, "cells",
			 cell, odd);
}

static void write_page(const char *s)
{
	json_t *j = matrix(s);
	FILE *f = begin();

	assert_non_null(j);
	matrixhtml_write(j, f);
	fclose(f);
	json_decref(j);
}

/* Tags, with their attributes' names, of what was made; all else left out. */
static char *skeleton(void)
{
	char *out = malloc(made_len + 1), *to = out;
	bool tag = false, quoted = false;

	for (const char *p = made; *p; p++) {
		if (!tag)
			tag = *p == '<';
		else if (*p == '"')
			quoted = !quoted;
		if (tag && !quoted)
			*to++ = *p;
		if (tag && !quoted && *p == '>')
			tag = false;
	}
	*to = 0;
	return out;
}

static void test_page(void **state)
{
	static const char *const hostile[] = {
		"</pre></code></td><script>alert(1)</script>",
		"\"onload=\"alert(1)", "'onload='alert(1)", "-->", "]]>",
		"</title></style><img/src=x>", "&lt;", "\x1b[31m<b>",
		"\xe2\x80\xae<i>", "javascript:alert(1)",
		"iVBORw0KGgo\"><script>", "PASS\"><script>",
	};
	char *want, *got;

	write_page("plain");
	want = skeleton();
	assert_non_null(strstr(want, "<table"));
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		write_page(hostile[i]);
		got = skeleton();
		assert_string_equal(got, want);
		assert_null(strstr(made, "<script"));
		free(got);
	}
	free(want);
}

/* Members of other types than they should have, or none. */
static void test_page_odd(void **state)
{
	static const char *const texts[] = {
		"{}", "[]", "{\"cells\":{}}", "{\"cells\":[1,null,[],\"x\"]}",
		"{\"cells\":[{\"boot\":1,\"facts\":{},\"times\":[1,{}],"
		"\"cost\":[],\"console\":5,\"number\":\"x\"}]}",
		"{\"cells\":[{\"status\":\"PASS\",\"times\":[{\"phase\":\"k\","
		"\"ms\":1e300},{\"ms\":-5},{\"ms\":1}],\"boot\":{\"seconds\":"
		"1e308,\"disks\":[{\"reads\":9223372036854775807},"
		"{\"reads\":1}]}}]}",
		"{\"cells\":[{\"status\":\"FAIL\",\"facts\":[{\"verdict\":"
		"\"differs\"},1,{\"verdict\":\"differs\",\"name\":\"\","
		"\"got\":\"\"}]}]}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *j = json_loads(texts[i], 0, NULL);
		FILE *f = begin();

		assert_non_null(j);
		matrixhtml_write(j, f);
		fclose(f);
		json_decref(j);
		assert_non_null(strstr(made, "</html>"));
		assert_null(strstr(made, "inf"));
		assert_null(strstr(made, "nan"));
	}
}

static int release(void **state)
{
	free(made);
	made = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markup), cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_console), cmocka_unit_test(test_diff),
		cmocka_unit_test(test_diff_long),
		cmocka_unit_test(test_number), cmocka_unit_test(test_page),
		cmocka_unit_test(test_page_odd),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, release);
}
