/*
 * Where the configuration is looked for, how large it may be, and the boot
 * record that a file beside it asks for.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "loader/settings_find.h"
#include "tests/unit/testmenu.h"

static const struct testmenu_file menus[] = { { NULL, NULL } };

static int setup(void **state)
{
	return testmenu_begin(menus);
}

static void boots(const char *args)
{
	fresh(NULL);
	assert_int_equal(fake_run(NULL, NULL), FAKE_STARTED);
	assert_string_equal(fake.args, args);
}

static void test_search(void **state)
{
	assert_int_equal(fake_run(NULL, NULL), FAKE_WAITS);
	prints("Error 15: File not found: no menu.lst or grub.conf in ");
	prints("Press r to try again, b to reboot.\n");
	prints_not("Error 17");
	testmenu_remake("mkdir root/grub; printf 'timeout 0\\ntitle T\\n"
	       "kernel /k1 grub-conf\\n' >root/grub/grub.conf");
	boots("grub-conf");
	testmenu_remake("printf 'timeout 0\\ntitle T\\nkernel /k1 menu-lst\\n' "
	       ">root/grub/menu.lst");
	boots("menu-lst");
	testmenu_remake("printf 'timeout 0\\ntitle T\\nkernel /k1 boot\\n' "
	       ">root/boot/grub/grub.conf");
	boots("boot");
	testmenu_remake("mkdir root/etc; mv root/boot/grub/grub.conf root/etc; "
	       "ln -s ../../etc/grub.conf root/boot/grub/grub.conf; "
	       "ln -s /boot/grub/grub.conf root/boot/grub/menu.lst");
	boots("boot");
	/* No table at all. */
	testmenu_replace("rm hd0; truncate -s 3M hd0; "
			 "mke2fs -q -d root hd0");
	boots("boot");
	/* No disk at all. */
	fresh(NULL);
	fake.p.n_disks = 0;
	assert_int_equal(fake_run(NULL, NULL), FAKE_WAITS);
	prints("Error 21: Selected disk does not exist: (hd0)");
	/* Nothing on it. */
	testmenu_replace("rm hd0; truncate -s 3M hd0");
	fresh(NULL);
	fake_press(0, 'r');
	fake_press(100, 'b');
	assert_int_equal(fake_run(NULL, NULL), FAKE_RETURNED);
	assert_int_equal(fake.reboots, 1);
	prints("Error 17: Cannot mount selected partition: (hd0)");
}

/* hd0 is made of FS, the file system of root/, by this sfdisk SCRIPT. */
static void on_partition(const char *script, unsigned start)
{
	char command[400];

	snprintf(command, sizeof(command), "rm -f hd0 fs; truncate -s 3M fs; "
		 "mke2fs -q -d root fs; truncate -s 9M hd0; %s; "
		 "printf '%s' | sfdisk -q --no-tell-kernel --wipe never hd0; "
		 "dd if=fs of=hd0 bs=512 seek=%u conv=notrunc",
		 "mke2fs -q -d former hd0", script, start);
	testmenu_replace(command);
}

/*
 * On whatever partition it is; what the disk was before it had a table comes
 * last.
 */
static void test_partitions(void **state)
{
	testdisk_sh(testmenu_dir, "rm -rf root/grub root/boot/grub/*; "
		    "mkdir -p former/boot/grub; cp root/k1 former; "
		    "printf 'timeout 0\\ntitle T\\nkernel /k1 new\\n' "
		    ">root/boot/grub/menu.lst; "
		    "sed s/new/former/ root/boot/grub/menu.lst "
		    ">former/boot/grub/menu.lst");
	testmenu_replace("rm hd0; truncate -s 3M hd0; mke2fs -q -d former hd0");
	boots("former");
	on_partition("label: dos\\n2048,100\\n2248,100\\n2448,100\\n"
		     "start=4096,size=12288,type=5\\n5000,100\\n"
		     "6200,6144\\n", 6200);
	boots("new");
	testmenu_replace("dd if=/dev/zero of=hd0 bs=512 seek=6200 count=6144 "
			 "conv=notrunc");
	boots("former");
	on_partition("label: gpt\\n1: start=2048,size=100\\n"
		     "16: start=4096,size=6144\\n", 4096);
	boots("new");
	on_partition("label: gpt\\n1: start=2048,size=100\\n"
		     "100: start=4096,size=6144\\n", 4096);
	boots("new");
}

static void test_record(void **state)
{
	static const char *const conf[] = {
		"", "# boot-record\n", "boot-recording\n", "boot-record\n",
		"\n boot\n# x\nboot-record=hash\n",
	};
	static const char text[] = "timeout 0\ntitle A\nkernel /k1\n";
	struct file menu;
	char make[300];

	for (int i = 0; i < 5; i++) {
		snprintf(make, sizeof(make), "printf '%s' "
			 ">root/boot/grub/twinboot.conf; printf 'timeout 0\\n"
			 "title A \"q\" \\\\ \\303\\244\\377\\nkernel /k1\\n"
			 "initrd /i1\\n' >root/boot/grub/grub.conf; "
			 "rm -f root/boot/grub/menu.lst", conf[i]);
		testmenu_remake(make);
		boots("");
		if (i < 3)
			prints_not("TWINBOOT");
		else
			prints("TWINBOOT {\"path\":\"fake\",\"entry\":"
			       "\"A \\\"q\\\" \\\\ \xc3\xa4\\\\xff\","
			       "\"format\":\"fake\",\"files\":["
			       "{\"path\":\"/k1\",\"size\":10");
		if (i == 3)
			prints("\"size\":10},{\"path\":\"/i1\",\"size\":10}],"
			       "\"tsc_start\":");
		if (i == 4)	/* from sha256sum */
			prints(",\"sha256\":\"58fa04c3d54067e5dc50d710b64b"
			       "325f3edfef75049fc8bff07ee9bb7b9ae8ec\"}],"
			       "\"tsc_start\":");
		if (i >= 3)
			prints(",\"tsc_firmware\":5}\n");
	}
	/* A menu in memory has its settings in /boot/grub. */
	fresh(NULL);
	fake.p.boot_part = 0;
	fs_mem_file(&menu, text, strlen(text));
	assert_int_equal(fake_run(NULL, &menu), FAKE_STARTED);
	prints("TWINBOOT {");
}

/* Block, ESP, the file beside menu.lst: the first of them decides alone. */
static void test_settings(void **state)
{
	struct settings_block b;

	testmenu_replace("rm -rf hd0 root/boot/grub/*; printf 'timeout 0\\n"
		"title T\\nroot (hd0)\\nkernel (hd0)/k1 x\\n' "
		">root/boot/grub/menu.lst; printf 'boot-record\\nwhat\\n' "
		">root/boot/grub/twinboot.conf; truncate -s 8M hd0; "
		"printf '2048,4096,ef\\n8192,,83\\n' | sfdisk -q "
		"--no-tell-kernel hd0; mformat -i hd0@@1M -T 4096 ::; "
		"mke2fs -q -d root -E offset=4194304 hd0 3M");
	fresh(NULL);
	assert_int_equal(fake_run(NULL, NULL), FAKE_WAITS);
	prints(" (twinboot.conf: what: not understood)\n");
	prints("Error 17: ");
	testmenu_replace("printf 'hd0=hd0,1\\nodd\\n' >c; "
		"mmd -i hd0@@1M ::/EFI ::/EFI/twinboot; mcopy -i hd0@@1M c "
		"::/EFI/twinboot/twinboot.conf");
	boots("x");
	prints(" (/EFI/twinboot/twinboot.conf: odd: not understood)\n");
	prints_not("TWINBOOT");
	assert_true(settings_block_make(&b, "hd0=hd0,1\nboot-record\n"));
	testmenu_put_hd0(&b, sizeof(b), 2040 * 512);
	boots("x");
	prints("TWINBOOT {");
	prints_not("odd");
	testmenu_put_hd0("X", 1, 2040 * 512 + 21);
	boots("x");
	prints(" (settings block: damaged, passed over)\n");
	prints("odd");
	/* The setting does not concern a disk without a table. */
	testmenu_replace("rm hd0; printf 'hd0=hd0,1\\n' "
		">root/boot/grub/twinboot.conf; truncate -s 3M hd0; "
		"mke2fs -q -d root hd0");
	boots("x");
}

static void test_huge_menu(void **state)
{
	static char text[1 << 20];
	struct file f;
	size_t n = 0;

	while (n < sizeof(text) - 100)
		n += (size_t)sprintf(text + n, "title t\nkernel /k1 some "
				     "arguments as they are in real files\n");
	fs_mem_file(&f, text, n);
	testdisk_arena(&fake.arena, 4 << 20);
	fake.p.boot_part = 0;
	fake_press(0, KEY_END);
	fake_press(0, '\n');
	assert_int_equal(fake_run(NULL, &f), FAKE_STARTED);
	free(fake.arena.base);
	/* Too large for the memory there is: one line, then the prompt. */
	fresh(NULL);
	assert_int_equal(fake_run(NULL, &f), FAKE_WAITS);
	prints("Error 28: ");
	prints("Press r");
	fresh(NULL);
	f.size = 1ul << 40;
	assert_int_equal(fake_run(NULL, &f), FAKE_WAITS);
	prints("Error 28: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_search, fresh),
		cmocka_unit_test_setup(test_record, fresh),
		cmocka_unit_test_setup(test_huge_menu, fresh),
		cmocka_unit_test_setup(test_partitions, fresh),
		cmocka_unit_test_setup(test_settings, fresh),
	};

	return cmocka_run_group_tests(tests, setup, testmenu_end);
}
