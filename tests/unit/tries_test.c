/*
 * Entries on trial: counted before they start, left when they are used up.
 */
#include "tests/unit/unit.h"

#include "menu/tries.h"
#include "tests/unit/testmenu.h"

static const struct testmenu_file menus[] = {
	{ "root/m/trial.lst",
	  "default 0\ntimeout 0\nfallback 1\ntitle New\n"
	  "#twinboot tries=3\nkernel /k1 new\ntitle Old\nkernel /k1 old\n" },
	{ "root/m/other.lst",
	  "default 0\ntimeout 0\nfallback 1\ntitle New\n"
	  "#twinboot tries=3\nkernel /k1 newer\ntitle Old\nkernel /k1 old\n" },
	{ "root/m/broken.lst",
	  "timeout 0\nfallback 1\ntitle New\n#twinboot tries=3\n"
	  "kernel /none\ntitle Old\nkernel /k1 old\n" },
	{ "root/m/saved.lst",
	  "default saved\ntimeout 0\ntitle A\nkernel /k1 a\ntitle B\n"
	  "kernel /k1 b\ntitle C\nkernel /k1 c\n" },
	{ "root/m/default", "1\n\n\n\n\n\n\n\n\n" },
	{ NULL, NULL }
};

static struct envstore store;

static void open_store(struct mounts *m, struct config *c, bool make)
{
	fresh(NULL);
	err_clear();
	*m = (struct mounts){ .p = &fake.p };
	*c = (struct config){ .root = { 0, 0 }, .dir = "/m" };
	assert_int_equal((make ? tries_make : tries_find)(&store, m, c), 0);
	assert_string_equal(store.where, "the boot area");
}

static void set(const char *name, const char *value)
{
	struct mounts m;
	struct config c;

	open_store(&m, &c, false);
	assert_int_equal(env_set(&store.env, name, value), 0);
	assert_int_equal(envstore_save(&store), 0);
}

static int setup(void **state)
{
	return testmenu_begin(menus);
}

static int made(void **state)
{
	struct mounts m;
	struct config c;

	testmenu_remake("true");
	open_store(&m, &c, true);
	return fresh(state);
}

static void starts(const char *menu, const char *args)
{
	fresh(NULL);
	assert_int_equal(run(menu), FAKE_STARTED);
	assert_string_equal(fake.args, args);
}

static void test_three(void **state)
{
	for (unsigned i = 0; i < 3; i++)
		starts("trial", "new");
	starts("trial", "old");
	prints("Error 9: Unknown boot failure: it was started 3 times and "
	       "never said to be good");
	starts("trial", "old");
	/* By hand it starts all the same; another text is another entry. */
	fresh(NULL);
	fake_press(0, 0x1b);
	fake_press(1, '\n');
	assert_int_equal(run("trial"), FAKE_STARTED);
	assert_string_equal(fake.args, "new");
	starts("trial", "old");
	starts("other", "newer");
}

static void test_good(void **state)
{
	char last[ENV_VALUE], name[ENV_VALUE + 8];
	struct mounts m;
	struct config c;

	starts("trial", "new");
	open_store(&m, &c, false);
	assert_true(env_get(&store.env, "last", last));
	snprintf(name, sizeof(name), "left-%s", last);
	assert_true(env_get(&store.env, name, last));
	assert_string_equal(last, "2");
	set(name, "good");
	for (unsigned i = 0; i < 5; i++)
		starts("trial", "new");
	open_store(&m, &c, false);
	assert_true(env_get(&store.env, name, last));
	assert_string_equal(last, "good");
}

/* A kernel that is not there was never started. */
static void test_missing(void **state)
{
	for (unsigned i = 0; i < 5; i++) {
		starts("broken", "old");
		prints("Error 15: File not found: /none");
	}
}

/* Without a block, or without writing, entries start as if not marked. */
static void test_not_counted(void **state)
{
	testmenu_disks[0]->write = NULL;
	for (unsigned i = 0; i < 5; i++) {
		starts("trial", "new");
		prints("this start is not counted: Error 29");
	}
	testmenu_remake("true");
	for (unsigned i = 0; i < 5; i++) {
		starts("trial", "new");
		prints("starts are not counted: Error 15: File not found: "
		       "there is no environment block");
	}
	fresh(NULL);
	fake.p.extra = fake_no_extra;
	assert_int_equal(run("trial"), FAKE_STARTED);
	prints("starts are not counted: Error 25");
}

static void test_once(void **state)
{
	starts("saved", "b");
	set("once", "2");
	starts("saved", "c");
	starts("saved", "b");
	set("once", "x");
	starts("saved", "b");
	set("once", "9");
	starts("saved", "a");
	set("once", "2");
	testmenu_disks[0]->write = NULL;
	starts("saved", "b");
	prints("Entry 2 is not started for once: Error 29");
}

/* Many entries that were on trial: the oldest are forgotten. */
static void test_full(void **state)
{
	struct mounts m;
	struct config c;
	char name[16], value[ENV_VALUE];

	open_store(&m, &c, false);
	for (unsigned i = 0; ; i++) {
		snprintf(name, sizeof(name), "left-%08x", i);
		if (env_set(&store.env, name, "good"))
			break;
	}
	assert_int_equal(envstore_save(&store), 0);
	for (unsigned i = 0; i < 3; i++)
		starts("trial", "new");
	starts("trial", "old");
	open_store(&m, &c, false);
	assert_false(env_get(&store.env, "left-00000000", value));
	assert_true(env_get(&store.env, "left-00000010", value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_three, made),
		cmocka_unit_test_setup(test_good, made),
		cmocka_unit_test_setup(test_missing, made),
		cmocka_unit_test_setup(test_not_counted, made),
		cmocka_unit_test_setup(test_once, made),
		cmocka_unit_test_setup(test_full, made),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
