/*
 * makeactive, hide, unhide, parttype: the bytes of sector 0.
 */
#include "tests/unit/unit.h"

#include "tests/unit/testmenu.h"

static const struct testmenu_file menus[] = {
	{ "root/m/all.lst",
	  "timeout 0\ntitle A\nmakeactive\nhide (hd0,0)\nkernel /k1 a\n"
	  "title B\nunhide (hd0,0)\nunhide (hd0,0)\nkernel /k1 b\n"
	  "title C\nparttype (hd0,0) 0x17\nkernel /k1 c\n"
	  "title D\nparttype (hd0,0) 256\ntitle E\nhide (hd0,1)\n"
	  "title F\nhide hd0\ntitle G\nparttype (hd0,0)\n"
	  "title H\nroot (hd1)\nmakeactive\ntitle I\nhide (hd7,0)\n" },
	{ NULL, NULL }
};

static int setup(void **state)
{
	return testmenu_begin(menus);
}

static int again(void **state)
{
	testmenu_remake("true");
	return fresh(state);
}

static enum fake_end choose(int key)
{
	fresh(NULL);
	fake_press(0, 0x1b);
	fake_press(1, key);
	fake_press(2, '\n');
	return run("all");
}

/* Flag and type of each of the four entries, as hex; the rest is as it was. */
static void table_is(const char *flags_and_types)
{
	testdisk_sh(testmenu_dir,
		    "for i in 446 450 462 466 478 482 494 498; do "
		    "od -An -tx1 -j$i -N1 hd0; done | tr -d ' \\n' "
		    "> now; printf '%s' | cmp - now", flags_and_types);
}

static void test_changes(void **state)
{
	char before[] = "0083000000000000";

	table_is(before);
	assert_int_equal(choose('0'), FAKE_STARTED);
	prints("type 0x83 becomes 0x93");
	table_is("8093000000000000");
	assert_int_equal(choose('1'), FAKE_STARTED);
	table_is("8083000000000000");
	assert_int_equal(choose('2'), FAKE_STARTED);
	table_is("8017000000000000");
	testdisk_sh(testmenu_dir, "sfdisk -q --verify hd0 && sfdisk -d hd0 | "
		    "grep -q 'start=.*2048, .*type=17, bootable'");
}

/* Only one is active. */
static void test_one_active(void **state)
{
	testmenu_replace("printf '2048,2048\\n,,L,*\\n' | "
			 "sfdisk -q --force hd0");
	table_is("0083808300000000");
	assert_int_equal(choose('0'), FAKE_STARTED);
	table_is("8093008300000000");
}

static void test_errors(void **state)
{
	static const struct {
		int key;
		const char *text;
	} tries[] = {
		{ '3', "Error 30: Invalid argument: parttype: types are" },
		{ '4', "Error 22: No such partition: (hd0,1)" },
		{ '5', "Error 11: Unrecognized device string: hd0" },
		{ '6', "Error 23: Error while parsing number: parttype" },
		{ '7', "Error 22: No such partition: (hd1)" },
		{ '8', "Error 21: Selected disk does not exist: (hd7,0)" },
	};

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		assert_int_equal(choose(tries[i].key), FAKE_WAITS);
		prints(tries[i].text);
	}
	table_is("0083000000000000");
	testmenu_disks[0]->write = NULL;
	assert_int_equal(choose('0'), FAKE_WAITS);
	prints("Error 29: Disk write error");
	/* A GPT has types of its own. */
	testmenu_replace("printf 'label: gpt\\n2048,5000\\n' | "
			 "sfdisk -q --force hd0");
	assert_int_equal(choose('0'), FAKE_WAITS);
	prints("Error 5: Partition table invalid or corrupt: (hd0,0): only an "
	       "MBR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_changes, again),
		cmocka_unit_test_setup(test_one_active, again),
		cmocka_unit_test_setup(test_errors, again),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
