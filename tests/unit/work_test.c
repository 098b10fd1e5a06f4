/*
 * Deferred work: all of it is done, in order; but work that is never done with
 * (another processor of the guest's has more all the time) lets the guest run.
 */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/clock/timer.h"
#include "pvboot/hv/machine/work.h"

static uint64_t now = 1000;
static struct timer *set;
static char order[64];
static unsigned n;

uint64_t time_now(void)
{
	return now;
}

void timer_set(struct timer *t, uint64_t deadline)
{
	t->deadline = deadline;
	set = t;
}

static void fire(void)
{
	assert_non_null(set);
	assert_true(set->deadline > now);
	now = set->deadline;
	set->deadline = 0;
	set->fn(set);
}

static void note(struct work *w)
{
	order[n++ % sizeof(order)] = *(const char *)w->arg;
}

static struct work a = { .fn = note, .arg = "a" }, b = { .fn = note,
	.arg = "b" }, more = { .fn = note, .arg = "m" };

static void test_order(void **state)
{
	n = 0;
	work_run_all();
	work_queue(&a);
	work_queue(&b);
	work_queue(&a);
	work_run_all();
	assert_int_equal(n, 2);
	assert_memory_equal(order, "ab", 2);
	assert_null(work_first);
	assert_null(set);
}

/* Queues another, and one that waits already. */
static void chain(struct work *w)
{
	note(w);
	if (n > 1000)
		return;
	work_queue(w->arg == a.arg ? &b : &more);
	work_queue(&b);
}

static void test_chain(void **state)
{
	n = 0;
	a.fn = b.fn = chain;
	work_queue(&a);
	work_queue(&more);
	work_run_all();
	a.fn = b.fn = note;
	/* b has both done again: four rounds, and the rest later. */
	assert_int_equal(n, 7);
	fire();
	work_run_all();
	assert_int_equal(n, 9);
	assert_memory_equal(order, "ambmbmbmb", 9);
	assert_null(work_first);
}

static unsigned turns;

static void again(struct work *w)
{
	if (++turns < 1000000)
		work_queue(w);
}

static void test_no_end(void **state)
{
	struct work w = { .fn = again };
	unsigned was, all = 0;

	work_queue(&w);
	work_queue(&a);
	for (unsigned i = 0; i < 100; i++) {
		was = turns;
		work_run_all();
		assert_in_range(turns - was, 1, 8);
		all += turns - was;
		/* The guest's turn, however often it exits. */
		work_run_all();
		assert_int_equal(turns, all);
		work_queue(&a);
		fire();
	}
	turns = 1000000;
	work_run_all();
	assert_null(work_first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order), cmocka_unit_test(test_chain),
		cmocka_unit_test(test_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
