/*
 * serial, terminal, setkey, uppermem: what they ask of a platform, when those
 * of the header are run, and what is refused.
 */
#include "tests/unit/unit.h"

#include "tests/unit/testmenu.h"

#define TWO "title A\nkernel /k1 a\ntitle B\nkernel /k1 b\n"

#define LINUX_MAGIC 0x202

static char linux_text[LINUX_MAGIC + 7];

static const struct testmenu_file menus[] = {
	{ "root/linux", linux_text },
	{ "root/m/both.lst",
	  "serial --unit=1 --speed=38400 --parity=even --word=7 --stop=2\n"
	  "terminal --timeout=10 serial console\ntimeout 5\n" TWO },
	{ "root/m/quick.lst",
	  "serial --unit=1\nterminal --timeout=10 serial console\n"
	  "timeout 0\n" TWO },
	{ "root/m/ever.lst", "terminal console serial\ntimeout 5\n" TWO },
	{ "root/m/keys.lst",
	  "setkey j x\nsetkey enter space\ntimeout 5\n" TWO },
	{ "root/m/dumb.lst", "terminal --dumb serial\ntimeout 5\n" TWO },
	{ "root/m/bad.lst",
	  "serial --unit=7\nserial --speed=7\nserial --word=4\nserial what\n"
	  "serial --port=0x2e8x\nterminal hercules\nterminal --timeout=x\n"
	  "setkey x\nsetkey control a\nserial --parity=evenly\n"
	  "timeout 5\n" TWO },
	{ "root/m/entry.lst",
	  "timeout 5\ntitle A\nserial --port=0x2e8\nterminal serial\n"
	  "kernel /k1 a\ntitle B\nserial --unit=3\nkernel /k1 b\n" },
	{ "root/m/upper.lst",
	  "timeout 5\ntitle A\nuppermem 4096\nkernel /linux a\n"
	  "title B\nkernel --no-mem-option /linux b\nuppermem 0x10\n"
	  "title C\nuppermem 99\nkernel /linux c mem=1G\n"
	  "title D\nuppermem 99\nkernel /k1 d\n"
	  "title E\nuppermem 0\nkernel /k1\n"
	  "title F\nuppermem x\nkernel /k1\n"
	  "title G\nuppermem 99\nkernel /linux\n" },
	{ NULL, NULL }
};

static struct serial_line line;
static unsigned used, n_serial, key_of;

static int use_consoles(unsigned consoles)
{
	used = consoles;
	return 0;
}

static int set_serial(const struct serial_line *s)
{
	if (s->unit == 3)
		return fail(ERR_DEVICE_INIT, "none");
	line = *s;
	n_serial++;
	return 0;
}

/* Keys are typed at the console KEY_OF. */
static int key(void)
{
	return used & key_of ? fake_key() : KEY_NONE;
}

static int begin(void **state)
{
	fresh(state);
	fake.p.use_consoles = use_consoles;
	fake.p.set_serial = set_serial;
	fake.p.key = key;
	used = CONSOLE_SCREEN | CONSOLE_SERIAL;
	key_of = used;
	n_serial = 0;
	return 0;
}

static int setup(void **state)
{
	memset(linux_text, ' ', LINUX_MAGIC);
	memcpy(linux_text, "KERNEL", 6);
	memcpy(linux_text + LINUX_MAGIC - 4, "\x55\xaa", 2);
	strcpy(linux_text + LINUX_MAGIC, "HdrS\x0f\x02");
	return testmenu_begin(menus);
}

static void test_line(void **state)
{
	assert_int_equal(run("both"), FAKE_STARTED);
	assert_int_equal(line.unit, 1);
	assert_int_equal(line.speed, 38400);
	assert_int_equal(line.parity, 2);
	assert_int_equal(line.word, 7);
	assert_int_equal(line.stop, 2);
	/* Nobody presses a key: the first, and the menu's own time. */
	assert_int_equal(used, CONSOLE_SERIAL);
	assert_in_range(fake.now, 15000, 15200);
	prints("Press any key to continue.\n");
	assert_string_equal(fake.title, "A");
}

static void test_key_chooses(void **state)
{
	key_of = CONSOLE_SCREEN;
	fake_press(3000, 'x');
	fake_press(4000, 'j');
	fake_press(4100, '\n');
	assert_int_equal(run("both"), FAKE_STARTED);
	assert_int_equal(used, CONSOLE_SCREEN);
	assert_string_equal(fake.title, "B");
	assert_in_range(fake.now, 4100, 4300);
}

/* Who does not wait for the menu does not wait for a console. */
static void test_straight(void **state)
{
	assert_int_equal(run("quick"), FAKE_STARTED);
	assert_int_equal(fake.now, 0);
	assert_int_equal(n_serial, 0);
	prints_not("Press any key");
}

static void test_no_timeout(void **state)
{
	assert_int_equal(run("ever"), FAKE_STARTED);
	assert_int_equal(used, CONSOLE_SCREEN | CONSOLE_SERIAL);
	assert_in_range(fake.now, 5000, 5200);
}

static void test_one_console(void **state)
{
	fake.p.use_consoles = NULL;
	fake.p.set_serial = NULL;
	assert_int_equal(run("both"), FAKE_STARTED);
	prints(" (no effect: the fake path has one console)\n");
	assert_in_range(fake.now, 5000, 5200);
}

static void test_keys(void **state)
{
	fake_press(10, 'x');
	fake_press(20, ' ');
	assert_int_equal(run("keys"), FAKE_STARTED);
	assert_string_equal(fake.title, "B");
}

static void test_dumb(void **state)
{
	fake_press(10, 'j');
	fake_press(20, '\n');
	assert_int_equal(run("dumb"), FAKE_STARTED);
	assert_string_equal(fake.title, "B");
	prints_not("\033");
	prints("1> B");
}

static void test_bad(void **state)
{
	assert_int_equal(run("bad"), FAKE_STARTED);
	assert_int_equal(n_serial, 0);
	prints(" (line 1: Error 30: Invalid argument: serial --unit=7)");
	prints(" (line 2: Error 30: Invalid argument: serial: speed 7");
	prints(" (line 3: Error 30");
	prints(" (line 4: Error 30: Invalid argument: serial what)");
	prints(" (line 5: Error 30");
	prints(" (line 6: Error 30: Invalid argument: terminal hercules)");
	prints(" (line 7: Error 30");
	prints(" (line 8: Error 30");
	prints(" (line 9: Error 30: Invalid argument: setkey control)");
	prints(" (line 10: Error 30");
}

static void test_entry(void **state)
{
	fake_press(10, '0');
	fake_press(20, '\n');
	assert_int_equal(run("entry"), FAKE_STARTED);
	assert_int_equal(line.port, 0x2e8);
	assert_int_equal(used, CONSOLE_SERIAL);
	begin(NULL);
	fake_press(10, '1');
	fake_press(20, '\n');
	assert_int_equal(run("entry"), FAKE_WAITS);
	prints("Error 33");
}

static void test_upper(void **state)
{
	static const char *const args[] = { "a mem=5120K", "b", "c mem=1G",
					    "d", NULL, NULL, "mem=1123K" };

	for (int i = 0; i < 7; i++) {
		begin(NULL);
		fake_press(10, '0' + i);
		fake_press(20, '\n');
		assert_int_equal(run("upper"), args[i] ? FAKE_STARTED :
				 FAKE_WAITS);
		if (args[i])
			assert_string_equal(fake.args, args[i]);
		else
			prints("Error 23");
		/* Who hears nothing of it is named. */
		assert_int_equal(!!strstr(fake.out, "/k1 is not told of upp"),
				 i == 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_line, begin),
		cmocka_unit_test_setup(test_key_chooses, begin),
		cmocka_unit_test_setup(test_straight, begin),
		cmocka_unit_test_setup(test_no_timeout, begin),
		cmocka_unit_test_setup(test_one_console, begin),
		cmocka_unit_test_setup(test_keys, begin),
		cmocka_unit_test_setup(test_dumb, begin),
		cmocka_unit_test_setup(test_bad, begin),
		cmocka_unit_test_setup(test_entry, begin),
		cmocka_unit_test_setup(test_upper, begin),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
