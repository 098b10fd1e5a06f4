/*
 * The chainload's permutation, with random layouts: every frame keeps exactly
 * one pfn, contents land where they are wanted, tables in use stay out of the
 * new kernel's map.
 */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/kernel/xenpv/xenpv_place.h"

#define MAX 4096u

static uint64_t from[MAX], wanted[MAX], bits[MAX / 64];
static uint64_t seed;

static uint64_t draw(uint64_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % below;
}

static bool is_placed(uint64_t pfn)
{
	return bits[pfn / 64] >> pfn % 64 & 1;
}

static bool is_table(const struct xenpv_place *p, uint64_t pfn)
{
	return pfn - p->tables[0].pfn < p->tables[0].n ||
	       pfn - p->tables[1].pfn < p->tables[1].n;
}

/* Contents at N pfns from T on: some where they are, some from elsewhere. */
static void want(const struct xenpv_place *p, uint64_t t, uint64_t n)
{
	for (; n-- && t < p->nr_pages; t++) {
		uint64_t pfn = draw(3) ? t : draw(p->nr_pages);

		if (from[t] != XENPV_NONE || is_placed(pfn) ||
		    is_table(p, pfn))
			continue;
		from[t] = pfn;
		bits[pfn / 64] |= 1ul << pfn % 64;
	}
}

static void random_place(struct xenpv_place *p)
{
	uint64_t nr = 64 + draw(MAX - 63);

	*p = (struct xenpv_place){ .nr_pages = nr, .from = from,
		.placed = bits, .map_end = draw(nr) };
	memset(bits, 0, sizeof(bits));
	for (uint64_t t = 0; t < MAX; t++)
		from[t] = XENPV_NONE;
	p->tables[0] = (struct xenpv_range){ draw(nr / 2), draw(nr / 8) };
	p->tables[1] = (struct xenpv_range){ nr / 2 + draw(nr / 4),
					     draw(nr / 8) };
	for (unsigned i = draw(6); i--; )
		want(p, draw(nr), draw(nr));
	memcpy(wanted, from, sizeof(from));
}

/* Room for the tables in use behind the new map. */
static bool has_room(const struct xenpv_place *p)
{
	uint64_t room = 0;

	for (uint64_t t = p->map_end; t < p->nr_pages; t++)
		room += from[t] == XENPV_NONE;
	return room >= p->tables[0].n + p->tables[1].n;
}

static void check(const struct xenpv_place *p)
{
	static bool seen[MAX];

	memset(seen, 0, sizeof(seen));
	for (uint64_t t = 0; t < p->nr_pages; t++) {
		assert_true(from[t] < p->nr_pages);
		assert_false(seen[from[t]]);
		seen[from[t]] = true;
		if (wanted[t] != XENPV_NONE)
			assert_int_equal(from[t], wanted[t]);
		if (is_table(p, from[t]))
			assert_true(t >= p->map_end);
	}
}

static void test_random(void **state)
{
	struct xenpv_place p;
	unsigned done = 0;

	for (seed = 1; done < 2000 && seed; ) {
		bool room;
		int err;

		random_place(&p);
		room = has_room(&p);
		err_clear();
		err = xenpv_place(&p);
		if (room)
			assert_int_equal(err, 0);
		if (err) {
			assert_int_equal(err, ERR_NO_MEMORY);
			continue;
		}
		check(&p);
		done++;
	}
}

static void test_nothing_moves(void **state)
{
	struct xenpv_place p = { .nr_pages = 100, .from = from,
		.placed = bits, .tables = { { 90, 3 }, { 95, 2 } },
		.map_end = 50 };

	memset(bits, 0, sizeof(bits));
	for (uint64_t t = 0; t < MAX; t++)
		from[t] = XENPV_NONE;
	assert_int_equal(xenpv_place(&p), 0);
	for (uint64_t t = 0; t < 100; t++)
		assert_int_equal(from[t], t);
}

/* A chain: what is wanted at 1 is at 2, at 2 is at 3, ... and a table at 1. */
static void test_chain(void **state)
{
	struct xenpv_place p = { .nr_pages = 64, .from = from,
		.placed = bits, .tables = { { 1, 1 }, { 0, 0 } },
		.map_end = 40 };

	memset(bits, 0, sizeof(bits));
	for (uint64_t t = 0; t < MAX; t++)
		from[t] = XENPV_NONE;
	for (uint64_t t = 1; t < 40; t++) {
		from[t] = t + 1;
		bits[0] |= 1ul << (t + 1);
	}
	memcpy(wanted, from, sizeof(from));
	assert_int_equal(xenpv_place(&p), 0);
	check(&p);
	assert_true(from[63] == 1);
}

static void test_no_room(void **state)
{
	struct xenpv_place p = { .nr_pages = 64, .from = from,
		.placed = bits, .tables = { { 1, 1 }, { 0, 0 } },
		.map_end = 64 };

	memset(bits, 0, sizeof(bits));
	for (uint64_t t = 0; t < MAX; t++)
		from[t] = XENPV_NONE;
	err_clear();
	assert_int_equal(xenpv_place(&p), ERR_NO_MEMORY);
	assert_non_null(strstr(err_text(), "page tables in use"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_nothing_moves),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
