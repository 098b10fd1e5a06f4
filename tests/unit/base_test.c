/* fmt, span, arena, err, memmap. */
#include "tests/unit/unit.h"

#include "loader/base/arena.h"
#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/base/span.h"
#include "loader/memmap.h"

static void test_fmt(void **state)
{
	char b[40];

	assert_int_equal(fmt(b, sizeof(b), "%d %u %x", -5, 7u, 0xbeefu), 9);
	assert_string_equal(b, "-5 7 beef");
	fmt(b, sizeof(b), "%05d|%-4s|%4s|%.2s", -42, "ab", "cd", "efg");
	assert_string_equal(b, "-0042|ab  |  cd|ef");
	fmt(b, sizeof(b), "%016lx", 0x123456789abcdef0ul);
	assert_string_equal(b, "123456789abcdef0");
	assert_int_equal(fmt(b, 4, "%s", "abcdef"), 3);
	assert_string_equal(b, "abc");
	fmt(b, sizeof(b), "%lu 100%%", UINT64_MAX);
	assert_string_equal(b, "18446744073709551615 100%");
}

static void test_span(void **state)
{
	static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct span s = span_of(data, sizeof(data)), sub;

	assert_int_equal(span_u16(&s, 0), 0x0201);
	assert_int_equal(span_u64(&s, 0), 0x0807060504030201);
	assert_false(s.bad);
	sub = span_sub(&s, 4, 4);
	assert_int_equal(span_u32(&sub, 0), 0x08070605);
	assert_int_equal(span_u32(&sub, 1), 0);
	assert_true(sub.bad);
	assert_false(s.bad);
	assert_null(span_at(&s, UINT64_MAX, 2));
	assert_true(s.bad);
}

static void test_arena(void **state)
{
	static uint8_t room[256];
	struct arena a = { room, sizeof(room), 0 };
	size_t mark;
	void *p = arena_alloc(&a, 10);

	assert_non_null(p);
	mark = arena_mark(&a);
	assert_int_equal((uintptr_t)arena_alloc_aligned(&a, 1, 64) % 64, 0);
	err_clear();
	assert_null(arena_alloc(&a, 256));
	assert_non_null(strstr(err_text(), "Error 28"));
	assert_null(arena_alloc(&a, SIZE_MAX));
	err_clear();
	arena_release(&a, mark);
	assert_non_null(arena_alloc(&a, 200));
}

static void test_err(void **state)
{
	err_clear();
	assert_int_equal(fail(ERR_FILE_NOT_FOUND, "%s", "/boot/vmlinuz"), -15);
	fail(ERR_READ, "later");
	assert_string_equal(err_text(),
			    "Error 15: File not found: /boot/vmlinuz");
	err_clear();
	assert_string_equal(err_text(), "");
}

static void test_memmap(void **state)
{
	static struct memmap m;
	uint64_t at;

	m.n = 0;
	assert_int_equal(memmap_add(&m, 0xf0000, 0x100000, MEM_RESERVED), 0);
	assert_int_equal(memmap_add(&m, 0, 0x8000000, MEM_RAM), 0);
	assert_int_equal(m.n, 3);
	assert_int_equal(m.r[1].type, MEM_RESERVED);
	assert_int_equal(m.r[2].end, 0x8000000);
	assert_int_equal(memmap_set(&m, 0x200000, 0x300000, MEM_LOADER), 0);
	assert_int_equal(m.n, 5);
	assert_int_equal(memmap_find_low(&m, 0x200000, 0x100000, 0x100000,
					 UINT64_MAX, &at), 0);
	assert_int_equal(at, 0x300000);
	assert_int_equal(memmap_find_high(&m, 0x1000, 0x1000, 0, 0x100000,
					  &at), 0);
	assert_int_equal(at, 0xef000);
	assert_int_equal(memmap_find_low(&m, 0x9000000, 1, 0, UINT64_MAX, &at),
			 ERR_NO_MEMORY);
	err_clear();
	assert_int_equal(memmap_set(&m, 0x200000, 0x300000, MEM_RAM), 0);
	assert_int_equal(m.n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fmt),
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_err),
		cmocka_unit_test(test_memmap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
