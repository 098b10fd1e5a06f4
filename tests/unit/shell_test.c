/*
 * What is typed: commands, lines that are edited, passwords, completion; and
 * how much a key makes be written.
 */
#include "tests/unit/unit.h"

#include "loader/crypt.h"
#include "menu/screen/help.h"
#include "tests/unit/testmenu.h"

static const struct testmenu_file menus[] = {
	{ "root/m/three.lst",
	  "default 1\ntimeout 5\ntitle A\nkernel /k1 a\ntitle B\n"
	  "kernel /k1 b\ntitle C\nkernel /k1 c\n" },
	{ "root/m/notime.lst",
	  "hiddenmenu\ntitle A\nkernel /k1 a\n" },
	{ "root/m/saved.lst",
	  "default saved\ntimeout 0\ntitle A\nkernel /k1 a\n"
	  "title B\nkernel /k1 b\n" },
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

/* The row of the entry that is chosen. */
#define BAR(row) "\033[7m" row "\033[0m"

/* 40 entries with titles that fill their rows. */
static int setup(void **state)
{
	static char many[40 * 160];
	static struct testmenu_file files[sizeof(menus) / sizeof(menus[0]) + 1];
	size_t n = sizeof(menus) / sizeof(menus[0]), at = 0;

	for (unsigned i = 0; i < 40; i++)
		at += (size_t)snprintf(many + at, sizeof(many) - at,
				       "title %0100u\n#twinboot pv=always\n"
				       "boot\n", i);
	memcpy(files + 1, menus, sizeof(menus));
	files[0] = (struct testmenu_file){ "root/m/many.lst", many };
	assert_null(files[n].name);
	return testmenu_begin(files);
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
	fake_press(299, 'x');
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
	prints_not("\033[2J");
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
	type_text(200, "pwrong\nxp\033xc\n");	/* still locked */
	fake_press(300, 'x');
	type_text(400, "psecret\n\n");
	assert_int_equal(run("hashed"), FAKE_STARTED);
	assert_string_equal(fake.args, "a");
	assert_in_range(fake.now, 400, 700);
	prints("Error 32: Must be authenticated: lock");
	prints("Password: \033[K******");
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
	prints(BAR("    0  A") "\n    1  B\n");
	assert_string_equal(fake.args, "");	/* the other menu.lst */
	assert_non_null(strstr(strstr(fake.out, "Password:"),
			       BAR("    0  A") "\n\033[5;1H"));
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

/* What is said of commands is there for those that do something. */
static void test_help(void **state)
{
	for (unsigned c = 1; c < CMD_COUNT; c++) {
		const char *name = command_name((enum lst_cmd)c);

		if (!(command_flags((enum lst_cmd)c) & CMD_ENTRY) ||
		    !command_find(name, strlen(name), LST_GNU097))
			continue;
		if (extra_supports((enum lst_cmd)c) !=
		    !!help_of((enum lst_cmd)c)->what)
			fail_msg("%s: what help says", name);
	}
	type_text(100, "chelp savede\n");
	assert_int_equal(run("three"), FAKE_WAITS);
	prints(" savedefault [N|fallback|--default=N] [--once]\n    writes");
	fresh(NULL);
	type_text(100, "chelp\n");
	assert_int_equal(run("three"), FAKE_WAITS);
	prints(" blocklist boot cat chainloader clear cmp\n color");
	fresh(NULL);
	type_text(100, "chelp x\n");
	assert_int_equal(run("three"), FAKE_WAITS);
	prints(" no such command\n");
}

/* Bytes that key I has made to be written, until the next was taken. */
static size_t wrote(unsigned i)
{
	return (i + 1 < fake.n_keys ? fake.out_at[i + 1] : fake.n_out) -
	       fake.out_at[i];
}

/* A key makes at most 250 bytes be written; another page, 4 KiB. */
static void test_bytes(void **state)
{
	static const int keys[] = { KEY_UP, KEY_END, KEY_HOME, '1', '8', 'x',
				    KEY_DOWN, 'k', 'j', '3', '9' };
	char names[16];

	fake_press(100, ' ');
	for (unsigned i = 0; i < 60; i++)
		fake_press(101 + i, KEY_DOWN);
	for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		fake_press(200 + i, keys[i]);
	assert_int_equal(run("many"), FAKE_WAITS);
	assert_in_range(fake.out_at[0], 500, 4096);
	for (unsigned i = 0; i < fake.n_keys; i++)
		if (wrote(i) > 250)
			assert_in_range(wrote(i), 500, 4096);
	for (unsigned i = 1; i < 14; i++)
		assert_in_range(wrote(i), 50, 250);
	assert_in_range(wrote(16), 500, 4096);	/* the next page */
	/* Lines that are typed, with what Tab has to show. */
	fresh(NULL);
	fake_press(100, 'c');
	for (unsigned i = 0; i < 100; i++)
		fake_press(200 + i, 'a' + (int)(i % 26));
	for (unsigned i = 0; i < 3; i++)
		fake_press(300 + i, '\b');
	fake_press(400, 0x15);
	fake_press(401, '\t');
	snprintf(names, sizeof(names), "cat /m/\t\tz\t");
	type_text(410, names);
	assert_int_equal(run("three"), FAKE_WAITS);
	for (unsigned i = 0; i < fake.n_keys; i++)
		assert_true(wrote(i) <= 250);
}

/* What Tab makes of lines; and that no key writes more than a row or two. */
static void test_completion(void **state)
{
	static const struct {
		const char *typed, *line;
	} tries[] = {
		{ "kern\t", "kernel " }, { "ca\t", "cat " },
		{ "x\t", "x" }, { "c\t", "c" },
		{ "cat (hd1\t", "cat (hd1)/" },
		{ "cat (\t", "cat (hd" }, { "cat (hd0,\t", "cat (hd0,0)/" },
		{ "cat /boot/\t", "cat /boot/grub/" },
		{ "kernel /k\t", "kernel /k1 " },
		{ "kernel /k1 root=/m/thr\t", "kernel /k1 root=/m/thr" },
		{ "cat (hd1)/k\t", "cat (hd1)/k2 " },
		{ "cat (hd1)/none/\t", "cat (hd1)/none/" },
		{ "cat (hd7)/\t", "cat (hd7)/" }, { "cat x\t", "cat x" },
		{ "cat /m/mar\t", "cat /m/marked.lst " },
		{ "configfile /m/h\t", "configfile /m/hashed.lst " },
	};
	char want[100];

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		fresh(NULL);
		fake_press(100, 'c');
		type_text(200, tries[i].typed);
		type_text(300, "!");
		assert_int_equal(run("three"), FAKE_WAITS);
		snprintf(want, sizeof(want), "%s\033[K!", tries[i].line);
		prints(want);
	}
	/* Several: they are shown. */
	fresh(NULL);
	fake_press(100, 'c');
	type_text(200, "c\t");
	assert_int_equal(run("three"), FAKE_WAITS);
	prints("\n cat chainloader clear cmp color configfile\n");
	fresh(NULL);
	fake_press(100, 'c');
	type_text(200, "\t");
	assert_int_equal(run("three"), FAKE_WAITS);
	prints(" ...\n\rtwinboot> \033[K");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_commands, fresh),
		cmocka_unit_test_setup(test_edit, fresh),
		cmocka_unit_test_setup(test_locked, fresh),
		cmocka_unit_test_setup(test_password, fresh),
		cmocka_unit_test_setup(test_entry_password, fresh),
		cmocka_unit_test_setup(test_md5crypt, fresh),
		cmocka_unit_test_setup(test_help, fresh),
		cmocka_unit_test_setup(test_bytes, fresh),
		cmocka_unit_test_setup(test_completion, fresh),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
