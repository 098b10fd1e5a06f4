/*
 * The FADT as firmware may give it: whole, short, with ports that are none.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "pvboot/hv/machine/acpi/fadt.h"

static uint8_t table[268];

static void put(unsigned at, uint64_t val, unsigned bytes)
{
	for (; bytes--; val >>= 8)
		table[at++] = (uint8_t)val;
}

/* As QEMU's PIIX4 has it. */
static void usual(void)
{
	memset(table, 0, sizeof(table));
	memcpy(table, "FACP", 4);
	put(40, 0x7fe0000, 4);		/* DSDT */
	put(46, 9, 2);			/* SCI */
	put(48, 0xb2, 4);
	put(52, 0xf1, 1);
	put(56, 0x600, 4);
	put(64, 0x604, 4);
	put(76, 0x608, 4);
	put(80, 0xafe0, 4);
	put(88, 4, 1);
	put(89, 2, 1);
	put(91, 4, 1);
	put(92, 4, 1);
}

static bool parse(struct fadt *f, size_t len)
{
	return fadt_read(span_of(table, len), f);
}

static void whole(void **state)
{
	struct fadt f;

	usual();
	assert_true(parse(&f, sizeof(table)));
	assert_int_equal(f.dsdt, 0x7fe0000);
	assert_int_equal(f.sci, 9);
	assert_int_equal(f.smi_port, 0xb2);
	assert_int_equal(f.acpi_on, 0xf1);
	assert_int_equal(f.status[0], 0x600);
	assert_int_equal(f.enable[0], 0x602);
	assert_int_equal(f.status[1], 0);
	assert_int_equal(f.control[0], 0x604);
	assert_int_equal(f.timer, 0x608);
	assert_false(f.timer_32);
	assert_int_equal(f.gpe_enable[0], 0xafe2);
	assert_int_equal(f.gpe_bytes[0], 2);
	assert_true(f.power_button);
}

static void flags(void **state)
{
	struct fadt f;

	usual();
	put(112, 1 << 4 | 1 << 8, 4);
	assert_true(parse(&f, sizeof(table)));
	assert_false(f.power_button);
	assert_true(f.timer_32);
	put(112, 1 << 20, 4);		/* no such registers */
	assert_false(parse(&f, sizeof(table)));
}

/*
 * Every length: no read beyond, and the registers only with all of version 1.
 */
static void cut(void **state)
{
	struct fadt f;

	usual();
	for (size_t len = 0; len <= sizeof(table); len++) {
		uint8_t *copy = malloc(len + !len);

		memcpy(copy, table, len);
		assert_int_equal(fadt_read(span_of(copy, len), &f),
				 len >= 116);
		free(copy);
	}
}

static void no_ports(void **state)
{
	struct fadt f;

	usual();
	put(48, 0x100b2, 4);
	put(56, 0xfffffffe, 4);
	put(64, 0xffff, 4);		/* two bytes do not fit */
	put(80, 0xfffe, 4);
	put(92, 255, 1);
	assert_true(parse(&f, sizeof(table)));
	assert_int_equal(f.smi_port | f.status[0] | f.enable[0] |
			 f.control[0] | f.gpe_enable[0], 0);
	usual();
	put(88, 3, 1);			/* too short for a status and enable */
	put(91, 0, 1);
	assert_true(parse(&f, sizeof(table)));
	assert_int_equal(f.status[0] | f.timer, 0);
}

/* The wide addresses count where the old ones are 0, and only as ports. */
static void wide(void **state)
{
	struct fadt f;

	usual();
	put(56, 0, 4);
	put(148, 1, 1);
	put(152, 0x1800, 8);
	put(64, 0, 4);
	put(172, 0, 1);			/* memory */
	put(176, 0x1804, 8);
	put(76, 0, 4);
	put(208, 1, 1);
	put(212, 0x100000608, 8);
	assert_true(parse(&f, sizeof(table)));
	assert_int_equal(f.status[0], 0x1800);
	assert_int_equal(f.control[0] | f.timer, 0);
	for (uint64_t at = -8ULL; at; at++) {	/* nor by going round */
		put(212, at, 8);
		assert_true(parse(&f, sizeof(table)));
		assert_int_equal(f.timer, 0);
	}
	assert_true(parse(&f, 150));
	assert_int_equal(f.status[0], 0);
}

/* As QEMU's microvm has it. */
static void reduced(void **state)
{
	struct fadt_sleep s;
	struct fadt f;

	usual();
	assert_false(fadt_read_sleep(span_of(table, sizeof(table)), &s));
	put(112, 1 << 20, 4);
	put(248, 0xfea00200, 8);
	assert_false(parse(&f, sizeof(table)));
	assert_true(fadt_read_sleep(span_of(table, sizeof(table)), &s));
	assert_int_equal(s.at, 0xfea00200);
	assert_int_equal(s.dsdt, 0x7fe0000);
	assert_false(s.io);
	assert_false(fadt_read_sleep(span_of(table, 255), &s));
	put(244, 1, 1);
	assert_false(fadt_read_sleep(span_of(table, sizeof(table)), &s));
	put(248, 0x600, 8);
	assert_true(fadt_read_sleep(span_of(table, sizeof(table)), &s));
	assert_true(s.io);
	put(244, 3, 1);
	assert_false(fadt_read_sleep(span_of(table, sizeof(table)), &s));
	put(244, 0, 1);
	put(248, 0, 8);
	assert_false(fadt_read_sleep(span_of(table, sizeof(table)), &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole), cmocka_unit_test(reduced),
		cmocka_unit_test(flags),
		cmocka_unit_test(cut), cmocka_unit_test(no_ports),
		cmocka_unit_test(wide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
