/*
 * savedefault, default saved, and the bytes of the file "default".
 */
#include "tests/unit/unit.h"

#include "tests/unit/testmenu.h"

#define ABC "title A\nkernel /k1 a\ntitle B\nkernel /k1 b\n" \
	"title C\nkernel /k1 c\n"

static const struct testmenu_file menus[] = {
	{ "root/m/saved.lst", "default saved\ntimeout 0\nfallback 2\n" ABC },
	{ "root/m/by.lst",
	  "timeout 0\nfallback 1 2\ntitle A\nsavedefault fallback\n"
	  "kernel /k1 a\ntitle B\nsavedefault\nkernel /k1 b\n"
	  "title C\nsavedefault 1\nkernel /k1 c\n"
	  "title D\nsavedefault --default=2 --once\nkernel /k1 d\n"
	  "title E\nsavedefault --once --default=2\nkernel /k1 e\n"
	  "title F\nsavedefault x\nkernel /k1 f\n"
	  "title G\nsavedefault 1234567890\nkernel /k1 g\n"
	  "title H\nsavedefault --once 1234567890\nkernel /k1 h\n" },
	{ "root/m/default", "0\n#\n#\n#\n#\n#\n# kept\n" },
	{ NULL, NULL }
};

/* The file as it is on the disk now. */
static void holds(const char *text)
{
	testdisk_sh(testmenu_dir, "debugfs -R 'cat /m/default' "
		    "hd0?offset=1048576 2>/dev/null >now; printf '%s' | "
		    "cmp - now", text);
}

static int setup(void **state)
{
	return testmenu_begin(menus);
}

/* Entry KEY of by.lst. */
static enum fake_end choose(int key)
{
	fake_press(0, 0x1b);
	fake_press(1, key);
	fake_press(2, '\n');
	return run("by");
}

/* Start with the file as TEXT (printf's), entry KEY of by.lst. */
static void save_by(const char *text, int key)
{
	char command[200];

	snprintf(command, sizeof(command), "printf '%s' >root/m/default", text);
	testmenu_remake(command);
	fresh(NULL);
	assert_int_equal(choose(key), FAKE_STARTED);
}

static void test_numbers(void **state)
{
	save_by("0\\n#\\n#\\n#\\n#\\n# kept\\n", '2');
	holds("1\\n\\n\\n\\n\\n\\n\\n\\n\\n# kept\\n");
	prints_not("nothing is saved");
	assert_string_equal(fake.args, "c");
	save_by("0123456789 kept", '1');
	holds("1\\n\\n\\n\\n\\n\\n\\n\\n\\n kept");
	/* From entry 0, which is no fallback, to the first of them. */
	save_by("0123456789", '0');
	holds("1\\n\\n\\n\\n\\n\\n\\n\\n\\n");
	save_by("5\\n#\\n#\\n#\\n#\\n", '3');
	holds("5:2\\n\\n\\n\\n\\n\\n\\n");
	save_by("5:1\\n#\\n#\\n#\\n#\\n", '4');
	holds("5:2\\n\\n\\n\\n\\n\\n\\n#\\n");
	save_by("5\\n#\\n#\\n#\\n#\\n#\\n", '6');
	holds("1234567890#\\n");
}

/* What cannot be saved is told, and the kernel starts all the same. */
static void test_not_saved(void **state)
{
	save_by("short\\n", '2');
	holds("short\\n");
	prints("nothing is saved: Error 14");
	save_by("5\\n#\\n#\\n#\\n#\\n", '7');
	holds("5\\n#\\n#\\n#\\n#\\n");
	prints("nothing is saved: Error 30");
	testmenu_remake("rm root/m/default");
	fresh(NULL);
	assert_int_equal(choose('2'), FAKE_STARTED);
	prints("nothing is saved: Error 15: File not found: /m/default");
	testmenu_remake("printf '0123456789' >root/m/default");
	fresh(NULL);
	testmenu_disks[0]->write = NULL;
	assert_int_equal(choose('2'), FAKE_STARTED);
	prints("nothing is saved: Error 29: Disk write error");
	holds("0123456789");
	/* A hole has no place on the disk. */
	testmenu_remake("rm root/m/default; truncate -s 8192 root/m/default");
	fresh(NULL);
	assert_int_equal(choose('2'), FAKE_STARTED);
	prints("nothing is saved: Error 29");
}

static void test_bad_argument(void **state)
{
	testmenu_remake("printf '0123456789' >root/m/default");
	fresh(NULL);
	assert_int_equal(choose('5'), FAKE_WAITS);
	prints("Error 23: Error while parsing number: savedefault x");
	holds("0123456789");
}

static void starts(const char *text, const char *args)
{
	char command[200];

	snprintf(command, sizeof(command), "printf '%s' >root/m/default", text);
	testmenu_remake(command);
	fresh(NULL);
	assert_int_equal(run("saved"), FAKE_STARTED);
	assert_string_equal(fake.args, args);
}

static void test_saved(void **state)
{
	starts("1\\n\\n\\n\\n\\n\\n\\n\\n\\n", "b");
	starts("2", "c");
	starts("", "a");
	starts("x", "a");
	starts("+1", "a");
	starts("9\\n", "c");		/* there is none: the fallback */
	starts("99999999999", "a");
	/* Once, and then no more. */
	starts("1:2\\n\\n\\n\\n\\n\\n\\n", "c");
	holds("1\\n\\n\\n\\n\\n\\n\\n\\n\\n");
	fresh(NULL);
	assert_int_equal(run("saved"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	/* Never, where it would be for ever. */
	starts("1:2\\n", "b");
	prints("Entry 2 is not started for once: Error 14");
	testmenu_remake("printf '1:2\\n\\n\\n\\n\\n\\n\\n' >root/m/default");
	testmenu_disks[0]->write = NULL;
	fresh(NULL);
	assert_int_equal(run("saved"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	prints("Entry 2 is not started for once: Error 29");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_numbers, fresh),
		cmocka_unit_test_setup(test_not_saved, fresh),
		cmocka_unit_test_setup(test_bad_argument, fresh),
		cmocka_unit_test_setup(test_saved, fresh),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
