/* Templates: what each tag means, and those that are wrong. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/matrix/page/template.h"

/* What TEXT makes of the JSON of VIEW; NULL: the template is wrong. */
static const char *fill(const char *text, const char *view)
{
	static char *made;
	json_t *j = json_loads(view, 0, NULL);
	size_t len;
	FILE *f;
	int err;

	free(made);
	f = open_memstream(&made, &len);
	assert_non_null(j);
	err = template_text(text, j, f);
	fclose(f);
	json_decref(j);
	return err ? NULL : made;
}

static void test_variables(void **state)
{
	assert_string_equal(fill("a{{x}}b", "{\"x\":\"<i>\"}"), "a&lt;i&gt;b");
	assert_string_equal(fill("{{x}}{{y}}{{z}}", "{\"x\":-7,\"y\":null}"),
			    "-7");
	assert_string_equal(fill("{ {x} }}", "{\"x\":1}"), "{ {x} }}");
	/* What is filled in is no template. */
	assert_string_equal(fill("{{x}}", "{\"x\":\"{{y}}\",\"y\":1}"),
			    "{{y}}");
}

static void test_sections(void **state)
{
	assert_string_equal(fill("{{#x}}[{{.}}]{{/x}}", "{\"x\":[1,\"b\"]}"),
			    "[1][b]");
	assert_string_equal(fill("{{#x}}{{y}}{{z}}{{/x}}",
				 "{\"x\":{\"y\":1},\"z\":2}"), "12");
	/* Nothing within is not what is meant further out. */
	assert_string_equal(fill("{{#x}}{{z}}{{/x}}",
				 "{\"x\":{\"z\":null},\"z\":2}"), "");
	for (size_t i = 0; i < 4; i++) {
		static const char *const nothing[] = {
			"{}", "{\"x\":[]}", "{\"x\":\"\"}", "{\"x\":false}",
		};

		assert_string_equal(fill("{{#x}}a{{/x}}{{^x}}b{{/x}}",
					 nothing[i]), "b");
	}
	assert_string_equal(fill("{{#x}}{{#x}}a{{/x}}b{{/x}}", "{\"x\":true}"),
			    "ab");
}

static void test_lines(void **state)
{
	assert_string_equal(fill("a\n{{#x}}\n{{.}}\n{{/x}}\nb\n",
				 "{\"x\":[1,2]}"), "a\n1\n2\nb\n");
	assert_string_equal(fill("{{#x}}\n  {{^y}}\na\n  {{/y}}\n{{/x}}\n",
				 "{\"x\":1}"), "a\n");
	assert_string_equal(fill("{{x}}\n{{#x}}a{{/x}}\n", "{\"x\":1}"),
			    "1\na\n");
}

static void test_wrong(void **state)
{
	static const char *const wrong[] = {
		"{{#x}}", "{{/x}}", "{{#x}}{{/y}}", "{{>nowhere}}",
		"{{^x}}{{#x}}{{/x}}",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(fill(wrong[i], "{\"x\":1}"));
	assert_int_equal(template_fill("nowhere", NULL, stdout), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_lines), cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
