/*
 * What the lines of an entry do, on a made-up platform and real ext2 file
 * systems: hd0 has a partition table, hd1 has none.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "menu/config/lst.h"
#include "tests/unit/testmenu.h"

static const struct testmenu_file menus[] = {
	{ "root/m/plain.lst",
	  "timeout 0\ntitle One\nroot (hd0,0)\n"
	  "kernel /k1 root=/dev/xvda  a=b \ninitrd /i1\n" },
	{ "root/m/implicit.lst",
	  "timeout 0\ntitle Implicit root\nkernel /k1\n" },
	{ "root/m/other.lst",
	  "timeout 0\ntitle Other disk\nroot (hd0,0)\n"
	  "kernel --type=linux --no-mem-option (hd1)/k2 x\n"
	  "initrd (hd1)/i2 /i1\ninitrd ()/i1\nboot\n" },
	{ "root/m/modules.lst",
	  "timeout 0\ntitle M\nkernel /k1\nmodule /i1 arg\n"
	  "modulenounzip /k1\n" },
	{ "root/m/words.lst",
	  "timeout 0\ntitle M\nkernel /k1\ninitrd /i1 ro # old /k1\n" },
	{ "root/m/again.lst",
	  "timeout 0\ntitle M\nkernel /k1\ninitrd /i1\nkernel /k1 z\n"
	  "initrd /k1\n" },
	{ "root/m/config.lst",
	  "timeout 0\ntitle A\nroot (hd1)\nconfigfile /m/on1.lst\n" },
	{ "root/m/config2.lst",
	  "timeout 0\ntitle A\nconfigfile /i1\n" },
	{ "root/m/pause.lst",
	  "timeout 0\ntitle A\npause press it\nkernel /k1 a\n" },
	{ "root/m/halt.lst",
	  "timeout 0\ntitle A\nhalt\n" },
	{ "root/m/reboot.lst",
	  "timeout 0\ntitle A\nreboot\n" },
	{ "root/m/empty.lst",
	  "timeout 0\ntitle A\n" },
	{ "root/m/nothing.lst",
	  "timeout 0\ntitle A\ncolor white/blue\nmap (hd0) (hd1)\n" },
	{ "root/m/looks.lst",
	  "timeout 0\ntitle A\nfind /k1\nfind /i2\ncat /i1\ncat /bad\n"
	  "cmp /k1 /i1\ncmp /k1 /k1\nblocklist (hd1)/k2\ngeometry (hd0)\n"
	  "displaymem\ndisplayapm\nhelp\nimpsprobe\nkernel /k1 after\n" },
	{ "root/bad", "a\033[2Jb\n" },
	{ "root/m/lock.lst",
	  "timeout 0\npassword x\ntitle A\nlock\nkernel /k1\n" },
	{ "root/m/lock0.lst",
	  "timeout 0\ntitle A\nlock\nkernel /k1\n" },
	{ "root/m/password.lst",
	  "timeout 0\ntitle A\npassword secret\n" },
	{ "root/m/types.lst",
	  "title A\nkernel --type=linux /k1\ntitle B\n"
	  "kernel --type=multiboot --no-mem-option /k1 x\ntitle C\n"
	  "kernel --type=biglinux /k1 y\ntitle D\nkernel --type=beos /k1\n"
	  "title E\nkernel --type=netbsd /k1\n" },
	{ "root/m/patches.lst",
	  "timeout 0\ntitle Not one\nquiet\nuuid x\ntitle A\n"
	  "uuid 01234567-89AB-cdef-0123-456789abcdef\nquiet\n"
	  "kernel /k2 z\n" },
	{ "root/m/nouuid.lst",
	  "timeout 0\ntitle A\nuuid 1234-ABCD\nkernel /k1 z\n" },
	{ "other/m/on1.lst",
	  "timeout 0\ntitle On hd1\nkernel /k2 from1\n" },
	{ NULL, NULL }
};

static int setup(void **state)
{
	return testmenu_begin(menus);
}

static void test_plain(void **state)
{
	assert_int_equal(run("plain"), FAKE_STARTED);
	assert_string_equal(fake.title, "One");
	assert_string_equal(fake.kernel, "/k1");
	assert_string_equal(fake.args, "root=/dev/xvda  a=b ");
	assert_string_equal(fake.modules, "/i1;");
	assert_string_equal((char *)fake.loaded, "KERNEL oneinitrd one");
	prints("  Booting 'One'");
	prints("root (hd0,0)\n (hd0,0): file system is ext");
	prints_not("TWINBOOT");
	assert_int_equal(fake.now, 0);
	fresh(NULL);
	assert_int_equal(run("implicit"), FAKE_STARTED);
	assert_string_equal((char *)fake.loaded, "KERNEL one");
}

static void test_files(void **state)
{
	assert_int_equal(run("other"), FAKE_STARTED);
	assert_string_equal(fake.kernel, "(hd1)/k2");
	assert_string_equal(fake.args, "x");
	assert_string_equal(fake.modules, "(hd1)/i2;/i1;()/i1;");
	assert_string_equal((char *)fake.loaded,
			    "KERNEL twoinitrd twoinitrd oneinitrd one");
	fresh(NULL);
	assert_int_equal(run("modules"), FAKE_STARTED);
	assert_string_equal(fake.modules, "/i1|/k1|");
	fresh(NULL);
	assert_int_equal(run("words"), FAKE_STARTED);
	assert_string_equal(fake.modules, "/i1;/k1;");
	prints(" (ro is no file: passed over)\n (# is no file");
	fresh(NULL);
	assert_int_equal(run("again"), FAKE_STARTED);
	assert_string_equal(fake.args, "z");
	assert_string_equal(fake.modules, "/k1;");
}

static void test_configfile(void **state)
{
	assert_int_equal(run("config"), FAKE_STARTED);
	assert_string_equal(fake.args, "from1");
	assert_string_equal((char *)fake.loaded, "KERNEL two");
	/* A file without entries is told; r goes back to the first menu. */
	fresh(NULL);
	fake_press(0, 'r');
	fake_press(1, 'b');
	assert_int_equal(run("config2"), FAKE_RETURNED);
	prints("/i1 has no entry to start");
	assert_int_equal(fake.reboots, 1);
}

static void test_pause(void **state)
{
	fake_press(100, 0);
	fake_press(500, 'x');
	assert_int_equal(run("pause"), FAKE_STARTED);
	assert_true(fake.now >= 500);
	prints("press it\n");
	fresh(NULL);
	fake_press(500, 0x1b);
	assert_int_equal(run("pause"), FAKE_WAITS);
	assert_int_equal(fake.starts, 0);
}

static void test_ends(void **state)
{
	assert_int_equal(run("halt"), FAKE_RETURNED);
	assert_int_equal(fake.halts, 1);
	fresh(NULL);
	assert_int_equal(run("reboot"), FAKE_RETURNED);
	assert_int_equal(fake.reboots, 1);
	fresh(NULL);
	assert_int_equal(run("empty"), FAKE_WAITS);
	prints("(hd0,0)/m/empty.lst has no entry to start\nPress r");
	fresh(NULL);
	assert_int_equal(run("nothing"), FAKE_WAITS);
	prints_not("Error");
	prints("    0  A\033[0m\n");
}

static void test_lock(void **state)
{
	assert_int_equal(run("lock"), FAKE_WAITS);
	prints("Error 32: Must be authenticated: lock: p in the menu "
	       "asks for the password\n");
	fresh(NULL);
	assert_int_equal(run("password"), FAKE_WAITS);
	prints("Password: ");
	prints_not("secret");
	fresh(NULL);
	assert_int_equal(run("lock0"), FAKE_STARTED);
}

static const char *const wrong_lines[][2] = {
	{ "root (hd7)",
	  "Error 21: Selected disk does not exist: (hd7)" },
	{ "root (fd0)", "Error 21: Selected disk does not exist: (no" },
	{ "root (nd)", "Error 21" },
	{ "root (0x00)", "Error 21" },
	{ "root (hd0,3)", "Error 22: No such partition: (hd0,3)" },
	{ "root (hd0,0,a)", "Error 22" },
	{ "root (hd0,a)", "Error 22" },
	{ "root (hd0,255)", "Error 11" },
	{ "root (hd0,)", "Error 11" },
	{ "root (hd0", "Error 11" },
	{ "root (hdx)", "Error 23" },
	{ "root (hd0,0x)", "Error 11" },
	{ "root (hd99999999999)", "Error 23" },
	{ "root hd0,0", "Error 11: Unrecognized device string: hd0,0" },
	{ "rootnoverify /dev/sda1", "Error 11" },
	{ "find k1", "Error 1: " },
	{ "find /none", "Error 15: " },
	{ "cat /none", "Error 15: " },
	{ "cmp /k1 /none", "Error 15: " },
	{ "geometry (hd7)", "Error 21: " },
	{ "blocklist /m", "Error 2: " },
	{ "kernel k1", "Error 1: " },
	{ "kernel (hd0,0)+99999", "Error 24: " },
	{ "kernel (hd0,0)+", "Error 1: " },
	{ "kernel", "Error 30: " },
	{ "kernel /m", "Error 2: " },
	{ "kernel (hd0)/k1", "Error 17: " },
	{ "kernel /m/../none", "Error 15: " },
	{ "initrd /i1", "Error 19: Linux kernel must be loaded" },
	{ "module /i1", "Error 20: " },
	{ "boot", "Error 8: " },
	{ "timeout 3", "Error 27: Unrecognized command: timeout: " },
	{ "chainloader +1", "Error 27: Unrecognized command: "
	  "chainloader +1: not on this path" },
	{ "chainloader (hd0,0)+1", "Error 27: " },
	{ "map (hd0)", "Error 30: " },
	{ "map (hd0) hd1", "Error 30: " },
	{ "map (hd0) (hd128)", "Error 21: " },
	{ "map (fd0) (hd0)", "Error 21: " },
	{ "map (hd0) (hd0,0)", "Error 21: " },
	{ "chainloader --force", "Error 30: " },
	{ "chainloader /k1", "Error 27: Unrecognized command: "
	  "chainloader /k1: not on this path" },
	{ "configfile /none", "Error 15: " },
	{ "kernel /k1\ninitrd /none", "Error 15: " },
	{ "kernel /k1\ninitrd", "Error 30: " },
	{ "kernel /k1\ninitrd /i1 /i1 /i1 /i1 /i1 /i1 /i1 /i1 /i1 /i1 "
	  "/i1 /i1 /i1 /i1 /i1 /i1 /i1",
	  "Error 28: " },
};
#define WRONG_LINES (sizeof(wrong_lines) / sizeof(wrong_lines[0]))

/* One line of an entry, and the error it must give. */
static void test_errors(void **state)
{
	char text[300];
	struct file f;

	for (size_t i = 0; i < WRONG_LINES; i++) {
		fresh(NULL);
		fake.p.boot_part = 0;
		snprintf(text, sizeof(text), "timeout 0\ntitle A\n%s\n",
			 wrong_lines[i][0]);
		fs_mem_file(&f, text, strlen(text));
		assert_int_equal(fake_run(NULL, &f), FAKE_WAITS);
		prints(wrong_lines[i][0]);
		prints(wrong_lines[i][1]);
		prints("Press any key");
	}
}

/* Commands that only print do so, and the entry goes on. */
static void test_looks(void **state)
{
	memmap_set(&fake.map, 0, 0x9f000, MEM_RAM);
	assert_int_equal(run("looks"), FAKE_STARTED);
	assert_string_equal(fake.args, "after");
	prints("find /k1\n (hd0,0)\nfind /i2\n (hd1)\ncat /i1\ninitrd one");
	prints("cat /bad\na?[2Jb\n");
	prints("cmp /k1 /i1\nDiffer at the offset 0: 0x4b, 0x69\n");
	prints("cmp /k1 /k1\nblocklist");
	prints("blocklist (hd1)/k2\n(hd1)");
	prints("+1\ngeometry (hd0)\ndrive 0x80 (hd0): ");
	prints("   Partition num: 0,  file system ext4, type 0x83, ");
	prints(" usable RAM: 0x0 to 0x9f000, 636 KiB\n");
	prints("displayapm\n (no effect with this loader)\n");
	assert_string_equal((char *)fake.loaded, "KERNEL one");
}

/* A line longer than what is read of one is told when it is run. */
static void test_long_line(void **state)
{
	static char text[4000] = "timeout 0\ntitle A\nkernel /k1 ";
	size_t n = strlen(text);
	struct file f;

	for (unsigned more = 0; more < 2; more++) {
		memset(text + n, 'x', LST_LINE_MAX - 11 + more);
		strcpy(text + n + LST_LINE_MAX - 11 + more, "\n");
		fresh(NULL);
		fake.p.boot_part = 0;
		fs_mem_file(&f, text, strlen(text));
		assert_int_equal(fake_run(NULL, &f), FAKE_STARTED);
		if (more)
			prints("only the first 1500 bytes of this line count");
		else
			prints_not("bytes of this line count");
	}
}

/* Ways to write one root; and a root that cannot be mounted is no error. */
static void test_roots(void **state)
{
	static const char *const lines[] = {
		"root (hd0,0)", "root=(hd0x0,0x0)", "root (0x80,0)",
		"rootnoverify (hd1)\nroot (hd0)\nroot (,0)", "root ()",
		"root (hd1)\nrootnoverify (hd0,0)", "root",
		"root (hd0)\nroot (hd0,0) 5",
	};
	char text[300];
	struct file f;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		fresh(NULL);
		fake.p.boot_part = 0;
		snprintf(text, sizeof(text), "timeout 0\ntitle A\n%s\n"
			 "kernel /k1\n", lines[i]);
		fs_mem_file(&f, text, strlen(text));
		assert_int_equal(fake_run(NULL, &f), FAKE_STARTED);
	}
}

static const struct kernel_format linux_like = { .name = "linux",
	.by = BY_KERNEL, .probe = fake_probe, .load = fake_load };
static const struct kernel_format multiboot_like = { .name = "multiboot",
	.by = BY_KERNEL, .probe = fake_probe, .load = fake_load };

/* Entry KEY of types.lst, with kernels of FORMAT. */
static enum fake_end start_type(int key, const struct kernel_format *format)
{
	static const struct kernel_format *formats[] = { NULL, NULL };

	formats[0] = format;
	fresh(NULL);
	fake.p.formats = formats;
	fake_press(0, key);
	fake_press(1, '\n');
	return run("types");
}

static void test_types(void **state)
{
	assert_int_equal(start_type('0', &linux_like), FAKE_STARTED);
	assert_int_equal(start_type('2', &linux_like), FAKE_STARTED);
	assert_string_equal(fake.args, "y");
	assert_int_equal(start_type('1', &multiboot_like), FAKE_STARTED);
	assert_string_equal(fake.args, "x");
	assert_int_equal(start_type('1', &linux_like), FAKE_WAITS);
	prints("Error 13: Invalid or unsupported executable format: /k1: its "
	       "format is linux, not multiboot");
	assert_int_equal(start_type('0', &multiboot_like), FAKE_WAITS);
	prints("its format is multiboot, not linux");
	assert_int_equal(start_type('2', &multiboot_like), FAKE_WAITS);
	assert_int_equal(start_type('4', &multiboot_like), FAKE_WAITS);
	prints("its format is multiboot, not netbsd");
	assert_int_equal(start_type('3', &linux_like), FAKE_WAITS);
	prints("Error 30: Invalid argument: kernel --type=beos");
}

/* uuid finds a root, quiet keeps still; neither makes an entry. */
static void test_patches(void **state)
{
	testdisk_sh(testmenu_dir, "tune2fs -U "
		    "01234567-89ab-cdef-0123-456789abcdef hd1 >/dev/null");
	assert_int_equal(run("patches"), FAKE_STARTED);
	assert_string_equal(fake.args, "z");
	prints(" (hd1)\n");
	prints_not("kernel /k2");
	prints_not("Not one");
	fresh(NULL);
	assert_int_equal(run("nouuid"), FAKE_STARTED);
	prints("no file system has that UUID: the root stays");
	prints("kernel /k1 z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_types, fresh),
		cmocka_unit_test_setup(test_patches, fresh),
		cmocka_unit_test_setup(test_plain, fresh),
		cmocka_unit_test_setup(test_files, fresh),
		cmocka_unit_test_setup(test_configfile, fresh),
		cmocka_unit_test_setup(test_pause, fresh),
		cmocka_unit_test_setup(test_ends, fresh),
		cmocka_unit_test_setup(test_lock, fresh),
		cmocka_unit_test_setup(test_errors, fresh),
		cmocka_unit_test_setup(test_roots, fresh),
		cmocka_unit_test_setup(test_long_line, fresh),
		cmocka_unit_test_setup(test_looks, fresh),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
