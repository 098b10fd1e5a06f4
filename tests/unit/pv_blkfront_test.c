/*
 * The PV loader's front ends against backends in a fake xenstore: sound ones
 * beside some that never connect, go away or stop to follow.  No disk's fate is
 * another's, and the waiting for all of them together is bounded.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <xen/io/xenbus.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "pvboot/guest/blkfront.h"
#include "pvboot/guest/console.h"
#include "tests/pvguest.h"
#include "tests/unit/pvstore.h"

static uint8_t memory[32 << 20] __attribute__((aligned(4096)));
static struct blk *disk[BLKFRONT_MAX];
static char console[4096];

void console_line(const char *format, ...)
{
	size_t n = strlen(console);
	va_list ap;

	va_start(ap, format);
	n += vfmt(console + n, sizeof(console) - n - 1, format, ap);
	va_end(ap);
	strcpy(console + n, "\n");
}

void panic(const char *format, ...)
{
	abort();
}

/* ---- backends ---- */

static struct backend {
	char front[32], back[32];
	int deaf_from;		/* stops before it is in this state; 0: never */
	int goes_at;		/* is removed instead of being in this state */
	bool over, silent;	/* silent: no watch on it fires */
} be[BLKFRONT_MAX + 4];
static unsigned n_be;

static void follow(struct backend *b)
{
	static const int next[] = {
		[1] = 2, [3] = 4, [4] = 4, [5] = 5, [6] = 6
	};
	int want = next[store_number(b->front, "state", 1)];
	char text[2] = { (char)('0' + want) };

	b->over |= want == b->deaf_from;
	if (b->over)
		return;
	if (want == b->goes_at) {
		for (unsigned i = 0; i < 512; i++)
			if (!strncmp(node[i].path, b->back, strlen(b->back)) ||
			    !strncmp(node[i].path, b->front, strlen(b->front)))
				node[i].path[0] = 0;
		b->over = true;
	} else if (strcmp(get(b->back, "state"), text)) {
		set(b->back, "state", text);
		events += !b->silent;
	}
}

static void run(void)
{
	for (unsigned i = 0; i < n_be; i++)
		follow(&be[i]);
}

static struct backend *add(const char *number)
{
	struct backend *b = &be[n_be++];

	snprintf(b->front, sizeof(b->front), "device/vbd/%s", number);
	snprintf(b->back, sizeof(b->back), "/backend/%s", number);
	set(b->front, "backend", b->back);
	set(b->front, "state", "1");
	set(b->back, "state", "2");
	set(b->back, "sectors", "1000");
	listing_len += snprintf(listing + listing_len, sizeof(listing) -
				(size_t)listing_len, "%s", number) + 1;
	return b;
}

static void start(void)
{
	err_clear();
	fake_reset(run);
	memset(node, 0, sizeof(node));
	memset(be, 0, sizeof(be));
	memset(watched, 0, sizeof(watched));
	console[0] = 0;
	listing_len = 0;
	n_be = 0;
}

static unsigned connect(void)
{
	static struct arena arena;

	arena = (struct arena){ memory, sizeof(memory), 0, NULL };
	return blkfront_connect(&arena, disk);
}

/* As a kernel expects to find it. */
static void check_closed(const struct backend *b)
{
	assert_string_equal(get(b->front, "state"), "1");
	assert_string_equal(get(b->back, "state"), "2");
	assert_string_equal(get(b->front, "event-channel"), "-");
	assert_string_equal(get(b->front, "ring-ref"), "-");
	assert_string_equal(get(b->front, "ring-page-order"), "-");
	assert_string_equal(get(b->front, "ring-ref0"), "-");
	assert_string_equal(get(b->front, "ring-ref15"), "-");
	assert_string_equal(get(b->front, "feature-persistent"), "-");
}

static void close_within(uint64_t ms)
{
	uint64_t since = fakexen.now;

	blkfront_close();
	assert_in_range(fakexen.now - since, 0, ms);
	assert_int_equal(fakexen.given + fakexen.ports, 0);
	for (unsigned i = 0; i < BLKFRONT_MAX; i++)
		assert_int_equal(watched[i][0], 0);
}

/* In the order of numbers, not of names. */
static void test_sound(void **state)
{
	start();
	add("268439552");
	add("51728");
	add("768");
	set(add("2049")->back, "sector-size", "4096");
	assert_int_equal(connect(), 4);
	assert_int_equal(disk[0]->count, 1000);
	assert_int_equal(disk[0]->sector, 512);
	assert_int_equal(disk[1]->count, 125);
	assert_int_equal(disk[1]->sector, 4096);
	assert_string_equal(disk[3]->name, "hd3");
	assert_string_equal(get("device/vbd/768", "state"), "4");
	assert_string_equal(get("device/vbd/768", "protocol"), "x86_64-abi");
	assert_string_equal(console, "");
	close_within(200);
	for (unsigned i = 0; i < n_be; i++)
		check_closed(&be[i]);
	assert_string_equal(console, "");
}

static void test_ring_sizes(void **state)
{
	static const char *const order[] = { "0", "1", "4", "99", "junk" };
	static const char *const last[] = { "-", "ring-ref1", "ring-ref15",
					    "ring-ref15", "-" };

	for (unsigned i = 0; i < 5; i++) {
		struct backend *b;

		start();
		b = add("51712");
		set(b->back, "max-ring-page-order", order[i]);
		set(b->back, "feature-max-indirect-segments", i ? "0" :
		    "99999999999");
		connect();
		assert_int_equal(disk[0]->count, 1000);
		if (last[i][0] == '-')
			assert_string_not_equal(get(b->front, "ring-ref"), "-");
		else
			assert_string_not_equal(get(b->front, last[i]), "-");
		assert_string_equal(get(b->front, "ring-ref16"), "-");
		close_within(200);
		check_closed(b);
	}
}

/* It costs 20 s once, its own disk, and nothing else. */
static void test_never_connects(void **state)
{
	start();
	add("51712")->deaf_from = 4;
	add("51728")->deaf_from = 4;
	add("51744");
	assert_int_equal(connect(), 3);
	assert_in_range(fakexen.now, 20000, 21000);
	assert_int_equal(disk[0]->count + disk[1]->count, 0);
	assert_int_equal(disk[2]->count, 1000);
	assert_string_equal(console, "hd0: Error 21: Selected disk does not "
				     "exist: device/vbd/51712: "
		"its backend does not connect\n"
				     "hd1: Error 21: Selected disk does not "
				     "exist: device/vbd/51728: "
		"its backend does not connect\n");
	close_within(200);
	check_closed(&be[2]);
}

static void test_not_ready(void **state)
{
	start();
	set(add("51712")->back, "state", "1");
	be[0].deaf_from = 2;
	add("51728");
	store_remove(add("51744")->front, "backend");
	connect();
	assert_in_range(fakexen.now, 20000, 21000);
	assert_non_null(strstr(console, "hd0: Error 21: Selected disk does not "
			       "exist: device/vbd/51712: its backend is not "
			       "ready\n"));
	assert_non_null(strstr(console, "device/vbd/51744 has no backend\n"));
	assert_int_equal(disk[1]->count, 1000);
	close_within(200);
	check_closed(&be[1]);
}

/*
 * One that stops to follow us costs 20 s, and the others are closed all the
 * same.
 */
static void test_deaf(void **state)
{
	start();
	add("51712")->deaf_from = 6;
	add("51728")->deaf_from = 6;
	add("51744");
	connect();
	close_within(20500);
	assert_true(fakexen.now > 20000);
	check_closed(&be[2]);
}

/* A watch that does not fire costs a second each time. */
static void test_silent(void **state)
{
	start();
	add("51712")->silent = true;
	connect();
	assert_int_equal(disk[0]->count, 1000);
	assert_in_range(fakexen.now, 900, 1200);
	close_within(2400);
	assert_in_range(fakexen.now, 2700, 3600);
	check_closed(&be[0]);
}

static void test_gone(void **state)
{
	for (int at = 4; at <= 6; at++) {
		start();
		add("51712")->goes_at = at;
		add("51728");
		connect();
		assert_int_equal(disk[1]->count, 1000);
		close_within(200);
		check_closed(&be[1]);
	}
}

static void test_keeps_pages(void **state)
{
	start();
	add("51712");
	connect();
	fake_map((grant_ref_t)store_number("device/vbd/51712", "ring-ref", 0),
		 true);
	blkfront_close();
	assert_string_equal(console, "hd0: its backend keeps pages of ours\n");
}

static void test_odd_sizes(void **state)
{
	static const struct {
		const char *sectors, *size;
		uint64_t count;
	} odd[] = {
		{ "1000", "0", 0 }, { "1000", "3", 0 }, { "1000", "8192", 0 },
		{ "1000", "1536", 0 }, { "18446744073709551615", "512", 0 },
		{ "none", "512", 0 }, { "7", "4096", 0 }, { "8", "4096", 1 },
	};

	for (unsigned i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		start();
		set(add("51712")->back, "sectors", odd[i].sectors);
		set(be[0].back, "sector-size", odd[i].size);
		connect();
		assert_int_equal(disk[0]->count, odd[i].count);
		close_within(200);
		check_closed(&be[0]);
	}
}

static void test_many(void **state)
{
	char number[16];

	start();
	for (unsigned i = 0; i < BLKFRONT_MAX + 3; i++) {
		snprintf(number, sizeof(number), "%u", 51712 + 16 * i);
		add(number);
	}
	assert_int_equal(connect(), BLKFRONT_MAX);
	assert_int_equal(disk[BLKFRONT_MAX - 1]->count, 1000);
	close_within(500);
	start();
	assert_int_equal(connect(), 0);
	listing_len = -1;
	assert_int_equal(connect(), 0);
	close_within(0);
}

/* A read of a disk that is not there, and of others while one is stuck. */
static void test_read(void **state)
{
	static uint8_t buf[4096] __attribute__((aligned(4096)));

	start();
	add("51712")->deaf_from = 4;
	add("51728");
	connect();
	assert_int_equal(blk_read(disk[0], 0, 1, buf), ERR_OUTSIDE_PARTITION);
	err_clear();
	/* nobody answers */
	assert_int_equal(blk_read(disk[1], 0, 1, buf + 1), ERR_READ);
	assert_string_equal(err_text(), "Error 25: Disk read error: hd1: the "
			    "backend does not answer");
	assert_null(blkfront_stuck());
	close_within(200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_ring_sizes),
		cmocka_unit_test(test_never_connects),
		cmocka_unit_test(test_not_ready),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_keeps_pages),
		cmocka_unit_test(test_odd_sizes),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
