/* Entries of the Boot Loader Specification as text of a menu.lst. */
#include "tests/unit/unit.h"

#include "menu/config/bls.h"

static char out[BLS_TEXT_MAX];

static void assert_entry(const char *text, const char *want)
{
	size_t len = bls_entry(text, "f.conf", "(hd0,14)", out);

	assert_int_equal(len, strlen(want));
	assert_string_equal(len ? out : "", want);
}

static void test_type_1(void **state)
{
	assert_entry("# a comment\ntitle  A  system \nversion\t6.1\r\n"
		     "machine-id 1\narchitecture x64\noptions a=1  \"b c\"\n"
		     "linux /k-6.1\ninitrd /i\noptions d\ninitrd /j\n",
		     "title A  system (6.1)\nroot (hd0,14)\n"
		     "kernel /k-6.1 a=1  \"b c\" d\ninitrd /i\ninitrd /j\n");
	assert_entry("linux /k", "title f.conf\nroot (hd0,14)\nkernel /k\n");
	assert_entry("title\n\n efi /EFI/x.efi\n",
		     "title f.conf\nroot (hd0,14)\nkernel /EFI/x.efi\n");
	assert_entry("uki /x.efi\nefi /y.efi\n",
		     "title f.conf\nroot (hd0,14)\nkernel /x.efi\n");
}

static void test_none(void **state)
{
	static const char *const texts[] = {
		"", "title a\n", "linux\n", "linux k\n", "linux /a b\n",
		"linux /a\tb\n", "linux /k\narchitecture aa64\n",
		"linux /k\narchitecture x6\n", "linux /k\ninitrd\n/x\ninitrd x",
		"linux /k\ntitle a\\\n", "linux /k\noptions a \\\n",
		"linux /k\ntitle \x1b[2J\n", "linuxes /k\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (bls_entry(texts[i], "f", "(hd0)", out))
			fail_msg("%zu: %s", i, out);
}

/* No line comes from a file's name. */
static void test_names(void **state)
{
	assert_int_equal(bls_entry("linux /k", "a\npassword x", "(hd0)", out),
			 0);
	assert_int_equal(bls_image("a\nlock.efi", "(hd0)", out), 0);
	assert_int_equal(bls_image("a b.efi", "(hd0)", out), 0);
	assert_true(bls_image("a.efi", "(hd0,14)", out));
	assert_string_equal(out, "title a.efi\nroot (hd0,14)\n"
			    "kernel /EFI/Linux/a.efi\n");
}

/* As long as a file may be: it fits. */
static void test_long(void **state)
{
	static const char head[] = "linux /k\noptions ";
	static const char begin[] = "title f\nroot (hd0)\nkernel /k ";
	static char text[BLS_FILE_MAX + 1];

	memset(text, 'x', BLS_FILE_MAX);
	memcpy(text, head, strlen(head));
	assert_int_equal(bls_entry(text, "f", "(hd0)", out), BLS_FILE_MAX -
			 strlen(head) + strlen(begin) + 1);
}

static void test_compare(void **state)
{
	assert_true(bls_compare("linux-6.10.conf", "linux-6.9.conf") > 0);
	assert_true(bls_compare("a-007", "a-7") == 0);
	assert_true(bls_compare("a", "b") < 0);
	assert_true(bls_compare("a", "a1") < 0);
	assert_true(bls_compare("1a", "a1") < 0);
	assert_true(bls_compare("99999999999999999999", "100000000000000000000")
		    < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_type_1),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
