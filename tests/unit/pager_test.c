/* Output of the command line that waits for a key, and what does not wait. */
#include "tests/unit/unit.h"

#include "tests/unit/testmenu.h"

#define ENTRY "title A\ncat /m/ten\nkernel /k1 a\n"
#define ASKED "[a key: more"

static const struct testmenu_file menus[] = {
	{ "root/m/ten", "1\n2\n3\n4\n5\n6\n7\n8\n9\nten\n" },
	{ "root/m/usual.lst", "timeout 5\n" ENTRY },
	{ "root/m/five.lst", "terminal --lines=5\ntimeout 5\n" ENTRY },
	{ "root/m/less.lst", "terminal --lines=1\ntimeout 5\n" ENTRY },
	{ "root/m/off.lst",
	  "terminal --lines=5\npager off\ntimeout 5\n" ENTRY },
	{ "root/m/bad.lst",
	  "terminal --lines=x\npager maybe\ntimeout 5\n" ENTRY },
	{ NULL, NULL }
};

static int setup(void **state)
{
	return testmenu_begin(menus);
}

static unsigned asked(void)
{
	unsigned n = 0;

	for (const char *s = fake.out; (s = strstr(s, ASKED)); s++)
		n++;
	return n;
}

/* How often it is asked in the menu NAME, when KEYS answer TYPED. */
static unsigned asks(const char *name, const char *typed, const char *keys)
{
	fresh(NULL);
	fake_press(10, 'c');
	type_text(100, typed);
	type_text(3000, keys);
	run(name);
	return asked();
}

/* Nine lines behind the first page of three are three pages more. */
static void test_pages(void **state)
{
	assert_int_equal(asks("usual", "cat /m/ten\n", ""), 0);
	prints("ten\n");
	assert_int_equal(asks("five", "cat /m/ten\n", ""), 1);
	prints("3\n" ASKED);
	prints_not("4\n");
	assert_int_equal(asks("five", "cat /m/ten\n", "xxx"), 3);
	prints("\r4\n5\n6\n" ASKED);
	prints("\rten\n");
	assert_int_equal(asks("five", "cat /m/ten\n", "x\033"), 2);
	prints_not("7\n");
	/* The next command begins anew, and is read. */
	assert_int_equal(asks("five", "cat /m/ten\n",
			      "\033cmp /k1 /m/ten\n\033"), 2);
	prints("Differ in size");
	/* A full page that is the last needs no key. */
	assert_int_equal(asks("five", "terminal --lines=12\ncat /m/ten\n", ""),
			 0);
	assert_int_equal(asks("usual", "help t\n", ""), 0);
	assert_int_equal(asks("five", "help t\n", "xxxxxx"), 4);
}

static void test_off(void **state)
{
	assert_int_equal(asks("off", "cat /m/ten\n", ""), 0);
	prints("ten\n");
	assert_int_equal(asks("off", "pager on\ncat /m/ten\n", ""), 1);
	assert_int_equal(asks("five", "pager\ncat /m/ten\n", ""), 0);
	prints(" pager is off\n");
	assert_int_equal(asks("five", "pager\npager\ncat /m/ten\n", ""), 1);
	prints(" pager is on\n");
	/* A page has a line at least. */
	assert_int_equal(asks("less", "cat /m/ten\n", "xxxxxxxxxxxx"), 9);
}

/* Nobody need be there. */
static void test_entries(void **state)
{
	fresh(NULL);
	assert_int_equal(run("five"), FAKE_STARTED);
	assert_int_equal(asked(), 0);
	fresh(NULL);
	fake_press(10, 'c');
	type_text(100, "\033");
	fake_press(300, '\n');
	assert_int_equal(run("five"), FAKE_STARTED);
	assert_int_equal(asked(), 0);
	prints("ten\n");
}

static void test_bad(void **state)
{
	assert_int_equal(asks("bad", "cat /m/ten\n", ""), 0);
	prints("terminal --lines=x");
	prints("pager maybe");
}

static void test_told(void **state)
{
	asks("usual", "terminfo --name=vt100\ndebug\nclear\n", "");
	prints("terminfo --name=vt100\n (no effect");
	prints("debug\n (no effect");
	prints("clear\n\033[H\033[J");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),	cmocka_unit_test(test_off),
		cmocka_unit_test(test_entries), cmocka_unit_test(test_bad),
		cmocka_unit_test(test_told),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
