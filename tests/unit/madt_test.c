/*
 * The MADT as firmware may give it: processors of both kinds, gaps, disabled
 * ones, the first among them, the same twice, IO-APICs, overrides, entries that
 * do not fit.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "pvboot/hv/machine/acpi/madt.h"

#define ALL	0xfffffffd

static uint8_t table[1024];
static unsigned end;

static void put(uint64_t val, unsigned bytes)
{
	for (; bytes--; val >>= 8)
		table[end++] = (uint8_t)val;
}

static void start(void)
{
	memset(table, 0, sizeof(table));
	memcpy(table, "APIC", 4);
	end = 44;
}

static void local(unsigned acpi, unsigned apic, unsigned flags)
{
	put(0, 1);
	put(8, 1);
	put(acpi, 1);
	put(apic, 1);
	put(flags, 4);
}

static void x2(uint32_t acpi, uint32_t apic, unsigned flags)
{
	put(9, 1);
	put(16, 1);
	put(0, 2);
	put(apic, 4);
	put(flags, 4);
	put(acpi, 4);
}

static void ioapic(uint32_t base, uint32_t first)
{
	put(1, 1);
	put(12, 1);
	put(0, 2);
	put(base, 4);
	put(first, 4);
}

static void override(unsigned bus, unsigned irq, uint32_t line, unsigned flags)
{
	put(2, 1);
	put(10, 1);
	put(bus, 1);
	put(irq, 1);
	put(line, 4);
	put(flags, 2);
}

/* As always. */
static void others(void)
{
	ioapic(0xfec00000, 0);
	override(0, 0, 2, 0);
}

static void parse(struct madt *m, uint32_t self, uint32_t last, size_t len)
{
	uint8_t *p = malloc(len ? len : 1);

	memcpy(p, table, len);
	madt_read(span_of(p, len), self, last, m);
	free(p);
}

static void usual(void **state)
{
	struct madt m;

	start();
	local(0, 0, 1);
	local(1, 1, 1);
	others();
	local(2, 4, 0);		/* disabled */
	local(3, 6, 2);		/* may be plugged in later */
	local(4, 8, 1);
	local(5, 0xff, 1);
	local(6, 8, 1);		/* the same again */
	parse(&m, 0, ALL, end);
	assert_int_equal(m.n, 2);
	assert_int_equal(m.other[0].apic_id, 1);
	assert_int_equal(m.other[1].apic_id, 8);
	assert_int_equal(m.other[1].acpi_id, 4);
	parse(&m, 8, ALL, end);	/* we are not the first of the list */
	assert_int_equal(m.n, 2);
	assert_int_equal(m.other[0].apic_id, 0);
}

static void x2apic(void **state)
{
	struct madt m;

	start();
	local(0, 0, 1);
	local(7, 3, 1);
	x2(7, 3, 1);
	x2(300, 0x12345, 1);
	x2(301, 0x12346, 0);
	x2(302, 0xffffffff, 1);
	parse(&m, 0, ALL, end);
	assert_int_equal(m.n, 2);
	assert_int_equal(m.other[1].apic_id, 0x12345);
	assert_int_equal(m.other[1].acpi_id, 300);
	parse(&m, 0, 0xfe, end);	/* no interrupt gets there */
	assert_int_equal(m.n, 1);
}

static void many(void **state)
{
	struct madt m;

	start();
	for (unsigned i = 0; i < 64; i++)
		local(i, i, 1);
	parse(&m, 0, ALL, end);
	assert_int_equal(m.n, MADT_OTHERS);
	assert_int_equal(m.other[MADT_OTHERS - 1].apic_id, MADT_OTHERS);
}

/* Cut anywhere, or with lengths that lie: those before it. */
static void broken(void **state)
{
	struct madt m;

	start();
	local(0, 0, 1);
	local(1, 1, 1);
	x2(2, 2, 1);
	for (unsigned len = 0; len <= end; len++) {
		parse(&m, 0, ALL, len);
		assert_int_equal(m.n, (len >= 60) + (len >= 76));
	}
	for (unsigned i = 0; i < 256; i++) {
		table[53] = (uint8_t)i;		/* the second one's */
		parse(&m, 0, ALL, end);
		assert_true(m.n <= 2);
	}
	table[53] = 0;
	parse(&m, 0, ALL, end);
	assert_int_equal(m.n, 0);
	table[53] = 2;				/* too short for its kind */
	parse(&m, 0, ALL, end);
	assert_true(m.n <= 2);
	parse(&m, 0, ALL, 0);
	assert_int_equal(m.n, 0);
}

static void parse_lines(struct madt_lines *m, size_t len)
{
	uint8_t *p = malloc(len ? len : 1);

	memcpy(p, table, len);
	madt_read_lines(span_of(p, len), m);
	free(p);
}

static void lines(void **state)
{
	struct madt_lines m;

	start();
	local(0, 0, 1);
	others();
	ioapic(0xfec10000, 24);
	ioapic(0, 48);			/* nowhere */
	override(0, 9, 9, MADT_LEVEL | MADT_LOW);
	override(0, 9, 20, 0);		/* the first counts */
	override(1, 3, 30, 0);		/* no bus that we know */
	override(0, 16, 31, 0);		/* no such line */
	override(0, 15, 0xffffffff, MADT_LEVEL | 1);
	parse_lines(&m, end);
	assert_int_equal(m.n, 2);
	assert_int_equal(m.ioapic[0].base, 0xfec00000);
	assert_int_equal(m.ioapic[1].base, 0xfec10000);
	assert_int_equal(m.ioapic[1].first, 24);
	for (unsigned i = 1; i < MADT_ISA - 1; i++)
		assert_int_equal(m.isa[i].line, i);
	assert_int_equal(m.isa[0].line, 2);
	assert_int_equal(m.isa[9].flags, MADT_LEVEL | MADT_LOW);
	assert_int_equal(m.isa[3].flags, 0);
	assert_int_equal(m.isa[15].line, 0xffffffff);
	assert_int_equal(m.isa[15].flags, MADT_LEVEL | 1);
	for (unsigned i = 0; i < 2 * MADT_IOAPICS; i++)
		ioapic(0xfec20000 + i * 4096, i * 24);
	parse_lines(&m, end);
	assert_int_equal(m.n, MADT_IOAPICS);
}

static void broken_lines(void **state)
{
	struct madt_lines m;

	start();
	ioapic(0xfec00000, 0);
	override(0, 5, 21, MADT_LEVEL);
	for (unsigned len = 0; len <= end; len++) {
		parse_lines(&m, len);
		assert_int_equal(m.n, len >= 56);
		assert_int_equal(m.isa[5].line, len >= 66 ? 21 : 5);
	}
	for (unsigned i = 0; i < 256; i++) {
		table[45] = (uint8_t)i;
		parse_lines(&m, end);
		assert_true(m.n <= 1);
	}
	table[45] = 8;				/* too short for its kind */
	parse_lines(&m, end);
	assert_int_equal(m.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual),
		cmocka_unit_test(x2apic),
		cmocka_unit_test(many),
		cmocka_unit_test(broken),
		cmocka_unit_test(lines),
		cmocka_unit_test(broken_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
