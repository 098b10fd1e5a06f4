/*
 * For tests of the menu: two disks with ext2 file systems, made of a directory
 * of the test's, behind the made-up platform.  hd0 has an MBR and one
 * partition, hd1 has no table.
 */
#ifndef TESTS_UNIT_TESTMENU_H
#define TESTS_UNIT_TESTMENU_H

#include <stdio.h>

#include "loader/base/err.h"
#include "tests/fakeplat.h"
#include "tests/unit/testdisk.h"

/* A file below the test's directory: "root/..." is on hd0, "other/..." hd1. */
struct testmenu_file {
	const char *name, *text;
};

/*
 * The test's directory; root/ becomes hd0, other/ hd1.  There are kernels
 * root/k1 ("KERNEL one") and other/k2, initrds root/i1 and other/i2.
 */
extern char *testmenu_dir;
extern struct blk *testmenu_disks[2];
extern struct arena testmenu_room;	/* 1 MiB */

/* Make all that with FILES (name NULL at the end).  0. */
int testmenu_begin(const struct testmenu_file *files);
int testmenu_end(void **state);

/* Run shell COMMANDS in the directory; then hd0 from root/ once more. */
void testmenu_remake(const char *commands);
/* Run shell COMMANDS that make hd0 themselves. */
void testmenu_replace(const char *commands);

/* LEN bytes of DATA onto hd0 at byte AT. */
void testmenu_put_hd0(const void *data, size_t len, long at);

static inline int fresh(void **state)
{
	fake_init(testmenu_disks, 2, testmenu_room.base, testmenu_room.size);
	return 0;
}

static inline enum fake_end run(const char *name)
{
	char path[100];

	snprintf(path, sizeof(path), "(hd0,0)/m/%s.lst", name);
	return fake_run(path, NULL);
}

/* The keys of TEXT, from AT on. */
static inline void type_text(uint64_t at, const char *text)
{
	for (; *text; text++)
		fake_press(at++, *text);
}

static inline void prints(const char *text)
{
	if (!strstr(fake.out, text))
		fail_msg("\"%s\" is not in:\n%s", text, fake.out);
}

static inline void prints_not(const char *text)
{
	if (strstr(fake.out, text))
		fail_msg("\"%s\" is in:\n%s", text, fake.out);
}

#endif
