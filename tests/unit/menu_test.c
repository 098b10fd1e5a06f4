/*
 * Which entry is started when: timeout, keys, hiddenmenu, fallback.
 */
#include "tests/unit/unit.h"

#include "tests/unit/testmenu.h"

static const struct testmenu_file menus[] = {
	{ "root/m/three.lst",
	  "default 1\ntimeout 5\ntitle A\nkernel /k1 a\ntitle B\n"
	  "kernel /k1 b\ntitle C\nkernel /k1 c\n" },
	{ "root/m/hidden.lst",
	  "hiddenmenu\ndefault 1\ntimeout 5\ntitle A\nkernel /k1 a\n"
	  "title B\nkernel /k1 b\n" },
	{ "root/m/notime.lst",
	  "hiddenmenu\ntitle A\nkernel /k1 a\n" },
	{ "root/m/fallback.lst",
	  "default 0\nfallback 2 1\ntimeout 0\n"
	  "title A\nkernel /none\ntitle B\nkernel /k1 b\n"
	  "title C\nkernel /i1\n" },
	{ "root/m/missing.lst",
	  "timeout 0\ntitle A\nkernel /boot/none\n" },
	{ "root/m/saved.lst",
	  "default saved\ntimeout 0\ntitle A\nkernel /k1 a\n"
	  "title B\nkernel /k1 b\n" },
	{ "root/m/evil.lst",
	  "title \033[2Jboo\nkernel /k1\n" },
	{ "root/m/marked.lst",
	  "timeout 5\ntitle A\n#twinboot pv=always\nkernel /k1 a\n"
	  "title B\n# x\nkernel /k1 b\n" },
	{ "root/m/default",
	  "1\n\n\n\n\n\n\n\n\n" },
	{ NULL, NULL }
};

/* The row of the entry that is chosen. */
#define BAR(row) "\033[7m" row "\033[0m"

static int setup(void **state)
{
	return testmenu_begin(menus);
}

static void test_timeout(void **state)
{
	assert_int_equal(run("three"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	assert_in_range(fake.now, 5000, 5100);
	prints("    0  A\n" BAR("    1  B") "\n    2  C\n");
	prints("\r    1> B  (in 5 s)\033[K");
	prints("\r    1> B  (in 1 s)");
	fresh(NULL);
	assert_int_equal(run("notime"), FAKE_WAITS);
	assert_int_equal(fake.starts, 0);
	prints(BAR("    0  A") "\n");
}

/* A marked entry is shown as one, and needs a way to a PV guest. */
static void test_marked(void **state)
{
	assert_int_equal(run("marked"), FAKE_WAITS);
	prints(BAR("    0  [PV] A") "\n    1  B\n");
	prints("\r    0> [PV] A  (in 5 s)");
	prints("Error 13: Invalid or unsupported executable format: /k1: this "
	       "path cannot start it as a PV guest\n");
	assert_int_equal(fake.starts, 0);
	fresh(NULL);
	fake.p.pv_formats = fake.p.formats;
	assert_int_equal(run("marked"), FAKE_STARTED);
	/* Edited, it is the same entry. */
	fresh(NULL);
	fake_press(0, 'e');
	fake_press(0, 'b');
	assert_int_equal(run("marked"), FAKE_WAITS);
	assert_int_equal(fake.starts, 0);
	prints("this path cannot start it");
	fresh(NULL);
	fake_press(0, KEY_DOWN);
	fake_press(0, '\n');
	assert_int_equal(run("marked"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
}

/* Noise on the line neither ends the countdown nor makes it longer. */
static void test_noise(void **state)
{
	for (int i = 0; i < 30; i++)
		fake_press((uint64_t)i * 200, i % 3 ? 0 : 0x80 + i);
	assert_int_equal(run("three"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	assert_in_range(fake.now, 5000, 5100);
}

static void test_keys(void **state)
{
	static const struct {
		int key[4];
		const char *args;
	} tries[] = {
		{ { '\n' }, "b" }, { { '\r' }, "b" },
		{ { KEY_UP, '\n' }, "a" }, { { KEY_DOWN, '\n' }, "c" },
		{ { 'k', 'k', '\n' }, "c" }, { { 'j', 'j', '\n' }, "a" },
		{ { KEY_HOME, '\n' }, "a" }, { { KEY_END, '\n' }, "c" },
		{ { '0', '\n' }, "a" }, { { '2', '\n' }, "c" },
		{ { '7', '\n' }, "b" }, { { '1', '2', '\n' }, "c" },
		{ { 'x', KEY_DOWN, 0, '\n' }, "c" },
	};

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		fresh(NULL);
		for (unsigned k = 0; k < 4; k++)
			fake_press(100 * k, tries[i].key[k]);
		assert_int_equal(run("three"), FAKE_STARTED);
		assert_string_equal(fake.args, tries[i].args);
		assert_true(fake.now < 1000);
	}
	/* A key ends the countdown. */
	fresh(NULL);
	fake_press(100, ' ');
	assert_int_equal(run("three"), FAKE_WAITS);
}

/* Any key that can be typed ends the countdown. */
static void test_any_key(void **state)
{
	for (const char *k = "xpqBZ~ /"; *k; k++) {
		fresh(NULL);
		fake_press(100, *k);
		assert_int_equal(run("three"), FAKE_WAITS);
	}
}

static void test_hidden(void **state)
{
	fake_press(100, '\n');
	assert_int_equal(run("hidden"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	assert_in_range(fake.now, 5000, 5100);
	prints("Press Escape for the menu: 3 s");
	prints_not("    0  A");
	fresh(NULL);
	fake_press(1000, 0x1b);
	fake_press(60000, KEY_UP);
	fake_press(60001, '\n');
	assert_int_equal(run("hidden"), FAKE_STARTED);
	assert_string_equal(fake.args, "a");
	prints("    0  A\n");
}

static void test_fallback(void **state)
{
	assert_int_equal(run("fallback"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	prints("Error 15: File not found: /none\n");
	prints("Error 13: Invalid or unsupported executable format: /i1\n");
	assert_int_equal(fake.now, 0);
	/* go() fails for the last one, too: back to the menu. */
	fresh(NULL);
	fake.go_error = ERR_BOOT;
	fake_press(20, 'q');
	assert_int_equal(run("fallback"), FAKE_WAITS);
	assert_int_equal(fake.starts, 1);
	prints("Error 9: Unknown boot failure: go\n\nPress any key");
	prints("    2  C\n");
}

/* What an attempt took is given back, however often it is made. */
static void test_memory(void **state)
{
	fake.go_error = ERR_BOOT;
	fake.go_fails = 14;
	for (unsigned i = 0; i < 30; i++)
		fake_press(0, '\n');
	assert_int_equal(run("three"), FAKE_STARTED);
	assert_int_equal(fake.starts, 15);
	prints_not("Error 28");
}

static void test_missing(void **state)
{
	assert_int_equal(run("missing"), FAKE_WAITS);
	prints("\nError 15: File not found: /boot/none\n\nPress any key");
	prints_not("    0  A");
	fresh(NULL);
	fake_press(100, 'x');
	assert_int_equal(run("missing"), FAKE_WAITS);
	prints(BAR("    0  A") "\n");
}

static void test_terminal(void **state)
{
	assert_int_equal(run("evil"), FAKE_WAITS);
	prints("?[2Jboo");
	prints_not("\033[2J");
}

static void test_saved(void **state)
{
	assert_int_equal(run("saved"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_timeout, fresh),
		cmocka_unit_test_setup(test_noise, fresh),
		cmocka_unit_test_setup(test_marked, fresh),
		cmocka_unit_test_setup(test_keys, fresh),
		cmocka_unit_test_setup(test_any_key, fresh),
		cmocka_unit_test_setup(test_hidden, fresh),
		cmocka_unit_test_setup(test_fallback, fresh),
		cmocka_unit_test_setup(test_memory, fresh),
		cmocka_unit_test_setup(test_missing, fresh),
		cmocka_unit_test_setup(test_terminal, fresh),
		cmocka_unit_test_setup(test_saved, fresh),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
