/* Device trees that libfdt would believe, or not survive: none gets through. */
#include "tests/unit/unit.h"

#include <libfdt.h>
#include <stdlib.h>

#include "pvboot/hv/config_tree.h"

enum { MAGIC, TOTAL, STRUCT, STRINGS, RESERVED, VERSION, COMPATIBLE, CPU,
       STRINGS_SIZE, STRUCT_SIZE };

static uint8_t blob[2048];
static uint32_t at;

static void put(uint32_t v)
{
	v = cpu_to_fdt32(v);
	memcpy(blob + at, &v, 4);
	at += 4;
}

static void set(unsigned field, uint32_t v)
{
	v = cpu_to_fdt32(v);
	memcpy(blob + field * 4, &v, 4);
}

/* Where there is not a byte more than LEN. */
static bool check_len(size_t len)
{
	void *copy = malloc(len + !len);
	bool ok;

	memcpy(copy, blob, len);
	ok = config_tree_check(copy, len);
	free(copy);
	return ok;
}

/* A tree of the N tokens at T, and the strings "a" and "bc". */
static bool check_tokens(const uint32_t *t, size_t n)
{
	memset(blob, 0, sizeof(blob));
	at = 56;
	for (size_t i = 0; i < n; i++)
		put(t[i]);
	memcpy(blob + at, "a\0bc", 5);
	set(MAGIC, FDT_MAGIC);
	set(TOTAL, at + 5);
	set(STRUCT, 56);
	set(STRINGS, at);
	set(RESERVED, 40);
	set(VERSION, 17);
	set(COMPATIBLE, 16);
	set(STRINGS_SIZE, 5);
	set(STRUCT_SIZE, at - 56);
	return check_len(at + 5);
}

#define TOKENS(...) check_tokens((const uint32_t[]){ __VA_ARGS__ }, \
	sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)
#define BEGIN FDT_BEGIN_NODE, 0
#define NAMED FDT_BEGIN_NODE, 0x61620000	/* "ab" */

static bool good(void)
{
	return TOKENS(BEGIN, FDT_PROP, 3, 2, 0x01020300, FDT_NOP, NAMED,
		      FDT_PROP, 0, 0, FDT_END_NODE, FDT_END_NODE, FDT_END);
}

static void test_good(void **state)
{
	assert_true(good());
	assert_int_equal(fdt_check_header(blob), 0);
	assert_int_equal(fdt_path_offset(blob, "/ab"), 28);
	assert_true(TOKENS(BEGIN, FDT_NOP, FDT_END_NODE, FDT_NOP, FDT_END));
}

static void test_versions(void **state)
{
	static const uint32_t wrong[][2] = { { 16, 16 }, { 3, 2 }, { 1, 1 },
		{ 0, 0 }, { 18, 18 }, { UINT32_MAX, UINT32_MAX } };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		good();
		set(VERSION, wrong[i][0]);
		set(COMPATIBLE, wrong[i][1]);
		assert_false(check_len(at + 5));
	}
	good();
	set(VERSION, 18);
	set(COMPATIBLE, 17);
	assert_true(check_len(at + 5));
}

/* Each block outside of the tree, into the header, or past 32 bits. */
static void test_blocks(void **state)
{
	static const uint32_t wrong[] = { 0, 4, 39, 2000, 0x7ffffffc,
		0x80000000, 0xfffffff8, UINT32_MAX };
	static const unsigned fields[] = { TOTAL, STRUCT, STRINGS, RESERVED };

	for (size_t f = 0; f < 4; f++)
		for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
			good();
			set(fields[f], wrong[i]);
			assert_false(check_len(at + 5));
		}
	for (size_t i = 3; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		good();
		set(STRUCT_SIZE, wrong[i]);
		assert_false(check_len(at + 5));
		good();
		set(STRINGS_SIZE, wrong[i]);
		assert_false(check_len(at + 5));
	}
	good();
	set(STRUCT, 58);
	assert_false(check_len(at + 5));
}

/* The reserved ranges end with one of zeroes, inside of the tree. */
static void test_reserved(void **state)
{
	good();
	memset(blob + 40, 1, at + 5 - 40);
	assert_false(check_len(at + 5));
	good();
	set(RESERVED, 48);
	assert_false(check_len(at + 5));
}

/* Read as another block says: neither may be believed, nor is read past. */
static void test_overlapping(void **state)
{
	good();
	set(STRINGS, 56);	/* "\0\0\0\1" and on */
	set(STRINGS_SIZE, at - 56);
	if (check_len(at + 5))
		assert_true(fdt_path_offset(blob, "/ab") > 0);
	good();
	set(STRUCT, at & -4u);
	set(STRUCT_SIZE, 4);
	assert_false(check_len(at + 5));
}

static void test_names(void **state)
{
	/* A node's without an end, a node's missing. */
	assert_false(TOKENS(FDT_BEGIN_NODE, 0x61616161, 0x61616161));
	assert_false(TOKENS(FDT_BEGIN_NODE));
	/* A property's behind the strings; the last string without an end. */
	assert_false(TOKENS(BEGIN, FDT_PROP, 0, 5, FDT_END_NODE, FDT_END));
	assert_false(TOKENS(BEGIN, FDT_PROP, 0, UINT32_MAX, FDT_END_NODE,
			    FDT_END));
	good();
	set(STRINGS_SIZE, 4);
	assert_false(check_len(at + 5));
	good();
	set(STRINGS_SIZE, 0);
	assert_false(check_len(at + 5));
}

static void test_tokens(void **state)
{
	assert_false(TOKENS(FDT_END));
	assert_false(TOKENS(FDT_END_NODE, FDT_END));
	assert_false(TOKENS(FDT_PROP, 0, 0, FDT_END));
	assert_false(TOKENS(BEGIN, FDT_END));
	/* libfdt would not find the root. */
	assert_false(TOKENS(FDT_NOP, BEGIN, FDT_END_NODE, FDT_END));
	assert_false(TOKENS(BEGIN, FDT_END_NODE));
	assert_false(TOKENS(BEGIN, 5, FDT_END_NODE, FDT_END));
	assert_false(TOKENS(BEGIN, FDT_END_NODE, FDT_END_NODE, FDT_END));
	assert_false(TOKENS(BEGIN, FDT_END_NODE, BEGIN, FDT_END_NODE, FDT_END));
	assert_false(TOKENS(BEGIN, NAMED, FDT_END_NODE, FDT_PROP, 0, 0,
			    FDT_END_NODE, FDT_END));
	/* Properties longer than what is left, by little and by much. */
	for (uint32_t len = 9; len < 1u << 31; len = len * 2 - 1)
		assert_false(TOKENS(BEGIN, FDT_PROP, len, 0, FDT_END_NODE,
				    FDT_END));
	assert_false(TOKENS(BEGIN, FDT_PROP, UINT32_MAX, 0, FDT_END_NODE,
			    FDT_END));
	assert_false(TOKENS(BEGIN, FDT_PROP, 1));
}

static void test_depth(void **state)
{
	static uint32_t t[400];

	for (size_t depth = 30; depth < 40; depth++) {
		size_t n = 0;

		for (size_t i = 0; i < depth; i++) {
			t[n++] = FDT_BEGIN_NODE;
			t[n++] = i ? 0x61000000 : 0;
		}
		for (size_t i = 0; i < depth; i++)
			t[n++] = FDT_END_NODE;
		t[n++] = FDT_END;
		assert_int_equal(check_tokens(t, n), depth <= 32);
	}
}

/* Every cut, whether the header knows of it or not. */
static void test_cut(void **state)
{
	good();
	for (uint32_t len = 0; len < at + 5; len++) {
		assert_false(check_len(len));
		if (len < 40)
			continue;
		set(TOTAL, len);
		assert_false(check_len(len));
		set(TOTAL, at + 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_overlapping),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
