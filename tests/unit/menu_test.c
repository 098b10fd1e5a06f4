/*
 * Which entry is started when: timeout, keys, hiddenmenu, fallback.
 */
#include "tests/unit/unit.h"

#include "loader/crypt.h"
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
	{ "root/m/evil2.lst",
	  "title x\nkernel /k1 \033[2J\n" },
	{ "root/m/locked.lst",
	  "password x\ntimeout 5\ntitle A\nkernel /k1 a\n" },
	{ "root/m/hashed.lst",
	  "password --md5 $1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1\n"
	  "title A\nlock\nkernel /k1 a\n"
	  "title B\nkernel /k1 b\npassword --encrypted "
	  "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5 "
	  "/m/notime.lst\ntitle C\npassword --md5 x\nkernel /k1\n"
	  "title D\npassword open\nkernel /k1 d\n" },
	{ "root/m/tofile.lst",
	  "password x /m/three.lst\ntitle A\nlock\nkernel /k1 z\n" },
	{ "root/m/marked.lst",
	  "timeout 5\ntitle A\n#twinboot pv=always\nkernel /k1 a\n"
	  "title B\n# x\nkernel /k1 b\n" },
	{ "root/m/default",
	  "1\n\n\n\n\n\n\n\n\n" },
	{ NULL, NULL }
};

static int setup(void **state)
{
	return testmenu_begin(menus);
}

static void test_timeout(void **state)
{
	assert_int_equal(run("three"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	assert_in_range(fake.now, 5000, 5100);
	prints("    0  A\n    1  B\n    2  C\n");
	prints("\r    1> B  (in 5 s)");
	prints("\r    1> B  (in 1 s)");
	fresh(NULL);
	assert_int_equal(run("notime"), FAKE_WAITS);
	assert_int_equal(fake.starts, 0);
	prints("    0  A\n");
}

/* A marked entry is shown as one, and needs a way to a PV guest. */
static void test_marked(void **state)
{
	assert_int_equal(run("marked"), FAKE_WAITS);
	prints("    0  [PV] A\n    1  B\n");
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

/* The keys of TEXT, from AT on. */
static void type_text(uint64_t at, const char *text)
{
	for (; *text; text++)
		fake_press(at++, *text);
}

static void test_commands(void **state)
{
	fake_press(100, 'c');
	type_text(200, "find /nonex\b\n");
	type_text(300, "nothing\n timeout 3\n\n");
	type_text(400, "find /k1\nkernel /k2\x15kernel /k1  by hand\nboot\n");
	assert_int_equal(run("three"), FAKE_STARTED);
	assert_string_equal(fake.args, "by hand");
	assert_string_equal(fake.title, "by hand");
	prints("Error 15: File not found: /none\n");
	prints("Error 27: Unrecognized command: nothing\n");
	prints("Error 27: Unrecognized command: timeout: only before");
	prints("find /k1\n (hd0,0)\n");
	/* Escape goes back to the menu, which waits now. */
	fresh(NULL);
	fake_press(100, 'c');
	type_text(200, "kernel /k1 x\n\033");
	fake_press(300, '0');
	fake_press(301, '\n');
	assert_int_equal(run("three"), FAKE_STARTED);
	assert_string_equal(fake.args, "a");
	/* configfile by hand. */
	fresh(NULL);
	fake_press(100, 'c');
	type_text(200, "configfile /m/saved.lst\n");
	assert_int_equal(run("three"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
}

static void test_edit(void **state)
{
	fake_press(100, 'e');
	type_text(200, "e changed\nb");
	assert_int_equal(run("three"), FAKE_STARTED);
	assert_string_equal(fake.args, "b changed");
	prints("  0  kernel /k1 b\n");
	/* The entry itself is as it was; a failure goes back to the menu. */
	fresh(NULL);
	fake_press(100, 'e');
	type_text(200, "oinitrd /none\nb");
	fake_press(300, 'e');
	type_text(400, "opause x\nd\033\n");
	assert_int_equal(run("three"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	prints("Error 15: File not found: /none\n");
	prints("  1  pause x\n");
	/* Nothing of a line reaches the terminal. */
	fresh(NULL);
	fake_press(100, 'e');
	fake_press(101, 'e');
	assert_int_equal(run("evil2"), FAKE_WAITS);
	prints("edit> kernel /k1 ?[2J");
	prints_not("\033");
}

/* With a password in the header people start entries, and do no more. */
static void test_locked(void **state)
{
	fake_press(100, 'e');
	fake_press(200, 'c');
	fake_press(300, '\n');
	assert_int_equal(run("locked"), FAKE_STARTED);
	assert_string_equal(fake.args, "a");
	prints("p asks for the password, which this needs");
	prints_not("twinboot>");
}

/* Typed keys count, and only the right password opens what is locked. */
static void test_password(void **state)
{
	fake_press(100, '\n');			/* locked */
	fake_press(101, 'x');
	type_text(200, "pwrong\np\033c\n");	/* still locked */
	fake_press(300, 'x');
	type_text(400, "psecret\n\n");
	assert_int_equal(run("hashed"), FAKE_STARTED);
	assert_string_equal(fake.args, "a");
	assert_in_range(fake.now, 400, 700);
	prints("Error 32: Must be authenticated: lock");
	prints("Password: ******");
	prints("Error 32: Must be authenticated: wrong password\n");
	prints("Error 32: Must be authenticated: no password was given\n");
	prints_not("twinboot>");
	prints_not("secret");
	/* With it, the rest is open, too. */
	fresh(NULL);
	type_text(100, "psecret\nclock\nkernel /k1 c\nboot\n");
	assert_int_equal(run("hashed"), FAKE_STARTED);
	assert_string_equal(fake.args, "c");
	/* A file behind it is opened, and has no trust of this one's. */
	fresh(NULL);
	type_text(100, "px\n");
	assert_int_equal(run("tofile"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	/* configfile drops it. */
	fresh(NULL);
	type_text(100, "psecret\ncconfigfile /m/hashed.lst\nc");
	assert_int_equal(run("hashed"), FAKE_WAITS);
	prints("p asks for the password, which this needs");
}

static void test_entry_password(void **state)
{
	type_text(100, "1\nHello world!\n");
	assert_int_equal(run("hashed"), FAKE_WAITS);
	prints("    0  A\n    1  B\n");
	assert_string_equal(fake.args, "");	/* the other menu.lst */
	assert_non_null(strstr(strstr(fake.out, "Password:"), "    0  A\n\n"));
	fresh(NULL);
	type_text(100, "1\nHello world\n");
	assert_int_equal(run("hashed"), FAKE_WAITS);
	prints("wrong password\n\nPress any key");
	fresh(NULL);
	type_text(100, "2\nx\n");
	assert_int_equal(run("hashed"), FAKE_WAITS);
	prints("Error 30: Invalid argument: only $1$, $5$ and $6$");
	fresh(NULL);
	type_text(100, "3\nopen\n");
	assert_int_equal(run("hashed"), FAKE_STARTED);
	assert_string_equal(fake.args, "d");
	/* Where the part of us that asks cannot be loaded, nobody gets in. */
	fresh(NULL);
	fake.p.extra = fake_no_extra;
	fake_press(100, '\n');
	assert_int_equal(run("hashed"), FAKE_WAITS);
	prints("The menu cannot be shown.");
	prints("Error 32: Must be authenticated: lock");
	assert_int_equal(fake.starts, 0);
}

/* The command prints a hash that the same password fits. */
static void test_md5crypt(void **state)
{
	char hash[CRYPT_MAX], *at;

	type_text(100, "cmd5crypt\nsecret\n");
	assert_int_equal(run("three"), FAKE_WAITS);
	at = strstr(fake.out, "Encrypted: $1$");
	assert_non_null(at);
	at += strlen("Encrypted: ");
	at[strcspn(at, "\n")] = 0;
	assert_int_equal(crypt_hash("secret", at, hash), 0);
	assert_string_equal(hash, at);
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

/* No key makes more than a row be written, but for lists. */
static void test_bytes(void **state)
{
	size_t before;

	fake_press(100, 'c');
	for (unsigned i = 0; i < 200; i++)
		fake_press(200 + i, 'a' + (int)(i % 26));
	fake.patience = 150;
	assert_int_equal(run("three"), FAKE_WAITS);
	before = fake.n_out;
	fresh(NULL);
	fake_press(100, 'c');
	for (unsigned i = 0; i < 200; i++)
		fake_press(200 + i, 'a' + (int)(i % 26));
	assert_int_equal(run("three"), FAKE_WAITS);
	assert_in_range(fake.n_out - before, 200, 200 * 250);
}

static void test_hidden(void **state)
{
	fake_press(100, '\n');
	assert_int_equal(run("hidden"), FAKE_STARTED);
	assert_string_equal(fake.args, "b");
	assert_in_range(fake.now, 5000, 5100);
	prints("Press Escape for the menu: 3 s");
	prints_not("    0  A\n");
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
	prints_not("    0  A\n");
	fresh(NULL);
	fake_press(100, 'x');
	assert_int_equal(run("missing"), FAKE_WAITS);
	prints("    0  A\n");
}

static void test_terminal(void **state)
{
	assert_int_equal(run("evil"), FAKE_WAITS);
	prints("?[2Jboo");
	prints_not("\033");
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
		cmocka_unit_test_setup(test_commands, fresh),
		cmocka_unit_test_setup(test_edit, fresh),
		cmocka_unit_test_setup(test_locked, fresh),
		cmocka_unit_test_setup(test_password, fresh),
		cmocka_unit_test_setup(test_entry_password, fresh),
		cmocka_unit_test_setup(test_md5crypt, fresh),
		cmocka_unit_test_setup(test_any_key, fresh),
		cmocka_unit_test_setup(test_bytes, fresh),
		cmocka_unit_test_setup(test_hidden, fresh),
		cmocka_unit_test_setup(test_fallback, fresh),
		cmocka_unit_test_setup(test_memory, fresh),
		cmocka_unit_test_setup(test_missing, fresh),
		cmocka_unit_test_setup(test_terminal, fresh),
		cmocka_unit_test_setup(test_saved, fresh),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
