/*
 * Maps of memory as no firmware should give them, held against a list with an
 * entry for each page; more ranges than there is room for; no page twice.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "pvboot/hv/machine/ranges.h"

#define PAGE	4096ULL
#define PAGES	4096	/* that the lists know */
#define NOTHING	(-1)

static int said[PAGES];		/* the most careful word of each page */
static uint64_t looked_at;	/* how many of them */
static struct ranges map;
static struct ranges_free left;

static void start(uint64_t pages)
{
	looked_at = pages;
	memset(said, NOTHING, sizeof(said));
	memset(&map, 0, sizeof(map));
	memset(&left, 0, sizeof(left));
}

static void found(enum memory_kind kind, uint64_t from, uint64_t to)
{
	ranges_found(&map, kind, from, to);
	if (to < from)
		to = kind == MEMORY_RAM ? from : UINT64_MAX;
	for (uint64_t i = 0; i < looked_at && from < to; i++) {
		uint64_t at = i * PAGE, end = at + PAGE;
		bool touched = kind == MEMORY_RAM ? from <= at && to >= end :
			from < end && to > at;

		if (touched && said[i] < (int)kind)
			said[i] = (int)kind;
	}
}

static int kind_of(uint64_t page)
{
	int kind = NOTHING;

	for (int k = MEMORY_RAM; k <= MEMORY_RESERVED; k++)
		if (ranges_bytes(&map, (enum memory_kind)k, page * PAGE,
				 (page + 1) * PAGE)) {
			assert_int_equal(kind, NOTHING);
			kind = k;
		}
	return kind;
}

/* Sorted, disjoint, whole pages, none longer than it could be. */
static void check_shape(void)
{
	const struct memmap *m = &map.map;

	assert_true(m->n <= MEMMAP_MAX);
	for (unsigned i = 0; i < m->n; i++) {
		assert_true(m->r[i].start < m->r[i].end);
		assert_true(m->r[i].end <= RANGES_END);
		assert_int_equal((m->r[i].start | m->r[i].end) % PAGE, 0);
		if (i)
			assert_true(m->r[i - 1].end < m->r[i].start ||
				    (m->r[i - 1].end == m->r[i].start &&
				     m->r[i - 1].type != m->r[i].type));
	}
}

static void check_map(void)
{
	check_shape();
	assert_false(map.full);
	for (uint64_t i = 0; i < looked_at; i++)
		if (kind_of(i) != said[i])
			fail_msg("page %lu is %d, not %d", i, kind_of(i),
				 said[i]);
}

static void overlaps(void **state)
{
	start(PAGES);
	found(MEMORY_RAM, 64 * PAGE, 256 * PAGE);
	found(MEMORY_RAM, 64 * PAGE, 256 * PAGE);
	found(MEMORY_RAM, 0, 100 * PAGE);
	found(MEMORY_RAM, 80 * PAGE, 90 * PAGE);
	check_map();
	assert_int_equal(map.map.n, 1);
	found(MEMORY_RESERVED, 70 * PAGE, 72 * PAGE);
	found(MEMORY_ACPI, 71 * PAGE, 75 * PAGE);
	found(MEMORY_RAM, 60 * PAGE, 80 * PAGE);
	check_map();
	assert_int_equal(map.map.n, 4);
	found(MEMORY_RESERVED, 0, 1000 * PAGE);
	check_map();
	assert_int_equal(map.map.n, 1);
}

static void odd_ends(void **state)
{
	start(PAGES);
	found(MEMORY_RAM, 1, 3 * PAGE + 1);
	found(MEMORY_RAM, 10 * PAGE, 10 * PAGE + 2048);
	found(MEMORY_RAM, 10 * PAGE + 2048, 11 * PAGE);
	found(MEMORY_RESERVED, 2 * PAGE + 5, 2 * PAGE + 6);
	found(MEMORY_ACPI, 20 * PAGE + 4095, 21 * PAGE + 1);
	found(MEMORY_RESERVED, 1 * PAGE, 1 * PAGE);
	found(MEMORY_RESERVED, 1 * PAGE + 7, 1 * PAGE + 7);
	check_map();
	assert_int_equal(kind_of(1), MEMORY_RAM);
	assert_int_equal(kind_of(2), MEMORY_RESERVED);
	assert_int_equal(kind_of(10), NOTHING);
}

static void wrapping(void **state)
{
	start(PAGES);
	found(MEMORY_RAM, 4 * PAGE, 512 * PAGE);
	found(MEMORY_RAM, 600 * PAGE, 300 * PAGE);
	found(MEMORY_RAM, 600 * PAGE, 0);
	check_map();
	found(MEMORY_RESERVED, 500 * PAGE, 300 * PAGE);
	found(MEMORY_ACPI, 400 * PAGE, 4);
	check_map();
	assert_int_equal(ranges_bytes(&map, MEMORY_RESERVED, 0, UINT64_MAX),
			 RANGES_END - 500 * PAGE);
	start(PAGES);
	ranges_found(&map, MEMORY_RAM, RANGES_END - PAGE, UINT64_MAX);
	ranges_found(&map, MEMORY_RAM, RANGES_END, UINT64_MAX);
	ranges_found(&map, MEMORY_RESERVED, UINT64_MAX, 0);
	ranges_found(&map, MEMORY_RESERVED, UINT64_MAX - 1, UINT64_MAX);
	check_shape();
	assert_int_equal(ranges_bytes(&map, MEMORY_RAM, 0, UINT64_MAX), PAGE);
}

static uint64_t upto(uint64_t n)
{
	return (uint64_t)random() % n;
}

/* N ranges at random in the first ROOM pages. */
static void found_any(unsigned n, uint64_t room)
{
	while (n--) {
		uint64_t from = upto(room * PAGE), to = upto(room * PAGE);

		if (to < from && upto(16))
			to = from + upto(8 * PAGE);
		if (upto(2)) {
			from &= ~(PAGE - 1);
			to &= ~(PAGE - 1);
		}
		found((enum memory_kind)upto(3), from, to);
	}
}

static void any_map(void **state)
{
	for (unsigned seed = 0; seed < 3000; seed++) {
		srandom(seed);
		start(128);
		found_any((unsigned)upto(24), 1 + upto(100));
		check_map();
	}
}

static void give_all(void)
{
	struct ram r;

	for (unsigned i = 0;
	     ranges_next(&map, &i, MEMORY_RAM, 0, RANGES_END, &r); )
		ranges_give(&left, r.start, r.end);
}

static uint64_t free_bytes(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < left.n; i++)
		sum += left.ram[i].end - left.ram[i].start;
	return sum;
}

/* Free is RAM, and what is not TAKEN; nothing is free twice. */
static void check_free(const bool *taken)
{
	static bool seen[PAGES];

	memset(seen, 0, sizeof(seen));
	assert_true(left.n <= RANGES_FREE);
	for (unsigned i = 0; i < left.n; i++)
		for (uint64_t at = left.ram[i].start; at < left.ram[i].end;
		     at += PAGE) {
			assert_int_equal(said[at / PAGE], MEMORY_RAM);
			assert_false(seen[at / PAGE] || taken[at / PAGE]);
			seen[at / PAGE] = true;
		}
}

/* Whatever finds no room: no page is taken for more than was said of it. */
static void full_map(void **state)
{
	for (unsigned seed = 0; seed < 20; seed++) {
		static const bool none[PAGES];

		srandom(seed);
		start(PAGES);
		for (unsigned i = 0; i < PAGES / 2; i++) {
			uint64_t at = upto(PAGES - 4) * PAGE;

			found((enum memory_kind)upto(3), at,
			      at + (1 + upto(3)) * PAGE);
		}
		found(MEMORY_RAM, 0, PAGES * PAGE);
		found_any(3, PAGES);
		assert_true(map.full);
		check_shape();
		for (uint64_t i = 0; i < PAGES; i++)
			assert_true(kind_of(i) == NOTHING ||
				    kind_of(i) >= said[i]);
		give_all();
		check_free(none);
	}
}

/* Each of N pieces longer than the one before: the shortest are left out. */
static void pieces(unsigned n)
{
	static const bool none[PAGES];
	uint64_t at = 0, want = 0, all = 0, pages;

	start(PAGES);
	for (unsigned i = 0; i < n; i++, at += (pages + 1) * PAGE) {
		pages = 1 + i / 10;
		found(MEMORY_RAM, at, at + pages * PAGE);
		all += pages * PAGE;
		if (i + RANGES_FREE >= n)
			want += pages * PAGE;
	}
	check_map();
	assert_int_equal(map.map.n, n);
	give_all();
	check_free(none);
	assert_int_equal(left.n, n < RANGES_FREE ? n : RANGES_FREE);
	assert_int_equal(free_bytes(), want);
	assert_int_equal(left.lost, all - want);
}

static void many_pieces(void **state)
{
	pieces(1);
	pieces(63);
	pieces(64);
	assert_int_equal(left.lost, 0);
	pieces(65);
	assert_int_equal(left.lost, PAGE);
	pieces(200);
}

/* As many as the map has room for; one more is not used, whichever it is. */
static void last_range(void **state)
{
	start(PAGES);
	for (uint64_t i = 0; i < MEMMAP_MAX; i++)
		found(MEMORY_RAM, i * 4 * PAGE, (i * 4 + 3) * PAGE);
	check_map();
	ranges_found(&map, MEMORY_RAM, 3000 * PAGE, 3001 * PAGE);
	assert_true(map.full);
	assert_int_equal(ranges_bytes(&map, MEMORY_RAM, 0, RANGES_END),
			 MEMMAP_MAX * 3 * PAGE);
	/* What lies in the middle costs more than itself. */
	ranges_found(&map, MEMORY_RESERVED, PAGE, PAGE + 1);
	assert_int_equal(kind_of(0), MEMORY_RAM);
	assert_int_equal(kind_of(1), NOTHING);
	assert_int_equal(kind_of(2), NOTHING);
	ranges_found(&map, MEMORY_RAM, 0, 3 * PAGE);
	assert_int_equal(kind_of(1), NOTHING);
}

/* Places at random, until there are none. */
static void take_all(bool *taken)
{
	uint64_t at, size, high = PAGES * PAGE;

	do {
		size = (1 + upto(8)) * PAGE;
		high = upto(3) ? PAGES * PAGE : upto(PAGES) * PAGE;
		at = ranges_place(&left, size, PAGE << upto(4), high);
		if (!at)
			continue;
		assert_true(at + size <= high);
		for (uint64_t p = at / PAGE; p < (at + size) / PAGE; p++) {
			assert_int_equal(said[p], MEMORY_RAM);
			assert_false(taken[p]);
			taken[p] = true;
		}
		/* Bytes inside of the first and last page are enough. */
		ranges_take(&left, at + upto(PAGE), at + size - upto(PAGE - 1));
		check_free(taken);
	} while (at || upto(20));
}

static void take_any(void **state)
{
	for (unsigned seed = 0; seed < 30; seed++) {
		static bool taken[PAGES];
		uint64_t all, used = 0;

		srandom(seed);
		start(PAGES);
		memset(taken, 0, sizeof(taken));
		found(MEMORY_RAM, PAGE, (1 + upto(PAGES - 1)) * PAGE);
		found_any((unsigned)upto(100), PAGES);
		for (unsigned i = (unsigned)upto(150); i--; ) {
			uint64_t at = upto(PAGES) * PAGE;

			found(MEMORY_RESERVED, at, at + 1);
		}
		give_all();
		all = free_bytes() + left.lost;
		take_all(taken);
		for (unsigned i = 0; i < PAGES; i++)
			used += taken[i] * PAGE;
		assert_int_equal(free_bytes() + left.lost + used, all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlaps),
		cmocka_unit_test(odd_ends),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(any_map),
		cmocka_unit_test(full_map),
		cmocka_unit_test(many_pieces),
		cmocka_unit_test(last_range),
		cmocka_unit_test(take_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
