/* adopt's parsers: fstab, the guest's names, an MBR that moves. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "loader/base/err.h"
#include "tests/memdisk.h"
#include "tools/adopt/fstab.h"
#include "tools/adopt/guestdev.h"
#include "tools/adopt/table.h"

#define SECTORS 8192u

static struct fstab f;

static void parse(const char *text)
{
	memset(&f, 0xa5, sizeof(f));
	fstab_parse(&f, text, strlen(text));
}

static void is(unsigned i, const char *device, const char *where,
	       const char *type)
{
	assert_true(i < f.n);
	assert_string_equal(f.line[i].device, device);
	assert_string_equal(f.line[i].where, where);
	assert_string_equal(f.line[i].type, type);
}

static void test_fstab(void **state)
{
	char line[400];

	parse("");
	assert_int_equal(f.n, 0);
	parse("# /dev/sda1 / ext3\n\n \t\n/dev/xvda1\t/   ext4 defaults 0 1\r\n"
	      "  /dev/xvda3 none swap sw 0 0\n/dev/xvdb /mnt auto");
	assert_int_equal(f.n, 3);
	is(0, "/dev/xvda1", "/", "ext4");
	is(1, "/dev/xvda3", "none", "swap");
	is(2, "/dev/xvdb", "/mnt", "auto");
	/* Lines that are not whole, or too long, cost only themselves. */
	parse("a b\na\n\x01 b c\nx y z\n");
	assert_int_equal(f.n, 1);
	is(0, "x", "y", "z");
	memset(line, 'd', sizeof(line));
	strcpy(line + 300, " / ext4\nx y z\n");
	parse(line);
	assert_int_equal(f.n, 1);
	is(0, "x", "y", "z");
	fstab_parse(&f, "a b c", 4);
	assert_int_equal(f.n, 0);
	for (line[0] = 0; strlen(line) < 300; )
		strcat(line, "a b c\n");
	parse(line);
	assert_int_equal(f.n, FSTAB_LINES);
}

static void test_names(void **state)
{
	static const struct {
		const char *name, *disk;
		unsigned part;
	} c[] = {
		{ "/dev/xvda1", "xvda", 1 }, { "xvda", "xvda", 0 },
		{ "/dev/sda1", "sda", 1 }, { "/dev/xvde", "xvde", 0 },
		{ "/dev/hda63", "hda", 63 }, { "/dev/xvdb15", "xvdb", 15 },
		{ "/dev/vda1", NULL }, { "UUID=xvda1", NULL },
		{ "/dev/xvda0", NULL }, { "/dev/xvda1x", NULL },
		{ "/dev/xvda99999999999", NULL }, { "", NULL },
		{ "/dev/mapper/xvda1", NULL }, { "/dev/sda16", NULL },
	};
	struct guestdev d;
	char value[80];

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(guestdev_read(&d, c[i].name), !!c[i].disk);
		if (!c[i].disk)
			continue;
		assert_string_equal(d.disk, c[i].disk);
		assert_int_equal(d.part, c[i].part);
	}
	assert_true(guestdev_root("root=/dev/sda1", value));
	assert_string_equal(value, "/dev/sda1");
	assert_true(guestdev_root("xroot=no root=a root=LABEL=b ro", value));
	assert_string_equal(value, "LABEL=b");
	assert_false(guestdev_root("ro quiet nfsroot=x", value));
	assert_false(guestdev_root("", value));
}

static void entry(uint8_t *sector, unsigned i, uint8_t type, uint32_t first,
		  uint32_t count)
{
	uint8_t *e = sector + 446 + 16 * i;

	e[4] = type;
	memcpy(e + 8, &first, 4);
	memcpy(e + 12, &count, 4);
	memcpy(sector + 510, "\x55\xaa", 2);
}

/* Three primary ones, of which the last has two logical ones. */
static void make_disk(uint8_t *disk, uint32_t at)
{
	memset(disk, 0, SECTORS * 512);
	entry(disk, 0, 0x83, at, 1000);
	entry(disk, 2, 0x82, at + 1000, 100);
	entry(disk, 3, 0x05, at + 2000, 2000);
	entry(disk + (at + 2000) * 512, 0, 0x83, 63, 500);
	entry(disk + (at + 2000) * 512, 1, 0x05, 1000, 1000);
	entry(disk + (at + 3000) * 512, 0, 0x8e, 1, 700);
}

static void test_shift(void **state)
{
	static struct part_list before, after;
	uint8_t *old = malloc(SECTORS * 512), *new = calloc(SECTORS, 512);
	struct memdisk disk;

	make_disk(old, 63);
	memdisk_init(&disk, old, SECTORS * 512, 512);
	assert_int_equal(part_read(&disk.blk, &before), 0);
	assert_int_equal(before.n, 5);
	memcpy(new, old, 512);
	assert_true(table_shift_mbr(new, 1985));
	memcpy(new + 2048 * 512, old + 63 * 512, (SECTORS - 2048) * 512);
	memdisk_init(&disk, new, SECTORS * 512, 512);
	assert_int_equal(part_read(&disk.blk, &after), 0);
	assert_string_equal(after.remark, "");
	assert_int_equal(after.n, 5);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(after.part[i].first,
				 before.part[i].first + 1985);
		assert_int_equal(after.part[i].count, before.part[i].count);
		assert_int_equal(after.part[i].number, before.part[i].number);
		assert_int_equal(after.part[i].mbr_type,
				 before.part[i].mbr_type);
	}
	/* Nothing to move: not a byte changes. */
	memcpy(new, old, 512);
	assert_true(table_shift_mbr(new, 0));
	assert_memory_equal(new, old, 512);
	/* What an MBR cannot name. */
	entry(new, 1, 0x83, 0xfffff000, 0xf00);
	assert_false(table_shift_mbr(new, 1985));
	assert_true(table_shift_mbr(new, 0xff));
	free(old);
	free(new);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fstab),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_shift),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
