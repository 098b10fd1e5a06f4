/*
 * The PV loader's end of the block ring: reads of all shapes from a backend
 * that answers as it likes, then from backends that break the rules, each in
 * one way.  None may hang it, and afterwards every page is ours again.
 */
#include "tests/unit/unit.h"

#include "loader/base/err.h"
#include "tests/unit/pvblkback.h"

static uint8_t memory[3 << 20] __attribute__((aligned(4096)));
static uint8_t buf[(4 << 20) + 8192] __attribute__((aligned(4096)));
static struct arena arena;

static int try_ring(unsigned pages, unsigned segments, unsigned data)
{
	err_clear();
	fake_reset(run_backend);
	memset(&be, 0, sizeof(be));
	be.alive = true;
	arena = (struct arena){ memory, sizeof(memory), 0, NULL };
	ring = (struct blkring_front){ .name = "hd0",
				       .handle = 51,
				       .alive = alive };
	return blkring_front_init(&ring, &arena, pages, segments, data);
}

/* What is granted shows nothing of what the memory held. */
static void test_clean(void **state)
{
	memset(memory, 0xaa, sizeof(memory));
	assert_int_equal(try_ring(2, 32, BLKRING_DATA), 0);
	for (size_t i = 64; i < ring.n_refs * (size_t)XEN_PAGE; i++)
		assert_int_equal(ring.page[i], 0);
}

static void start_ring(unsigned pages, unsigned segments)
{
	assert_int_equal(try_ring(pages, segments, BLKRING_DATA), 0);
}

/* A backend with persistent grants closes. */
static void unmap_all(void)
{
	for (unsigned i = 0; i < FAKE_GRANTS; i++)
		fakexen.grant[i].mapped = false;
}

/* All is given back, whatever happened. */
static void end_ring(void)
{
	assert_true(blkring_front_end(&ring));
	assert_int_equal(fakexen.given, 0);
	assert_int_equal(fakexen.ports, 0);
}

static void read_right(uint64_t sector, unsigned n, unsigned at)
{
	unsigned given = fakexen.given;

	memset(buf, 0xee, sizeof(buf));
	assert_int_equal(blkring_front_read(&ring, sector, n, buf + at), 0);
	for (unsigned i = 0; i < n * 512; i++)
		if (buf[at + i] != byte_of(sector + i / 512, i % 512))
			fail_msg("sector %lu+%u", sector, i / 512);
	for (unsigned i = 0; i < 500; i++) {
		assert_int_equal(buf[at + n * 512 + i], 0xee);
		assert_true(i >= at || buf[at - 1 - i] == 0xee);
	}
	assert_int_equal(fakexen.given, given);
	assert_int_equal(ring.in_flight, 0);
}

static void test_reads(void **state)
{
	static const unsigned segments[] = { 1, 3, 11, 12, 32, 256, 9999 };

	for (unsigned i = 0; i < sizeof(segments) / sizeof(segments[0]); i++) {
		for (unsigned pages = 1; pages <= BLKRING_PAGES; pages *= 2) {
			start_ring(pages, segments[i]);
			be.seed = pages & 5 ? pages + i : 0;
			be.persistent = pages & 6;
			for (unsigned k = 0; k < 12; k++) {
				unsigned n = 1 + (k * k * k * 41 + i) % 700;

				read_right(k * 601, n, (k + i) % 16 * 500);
			}
			read_right(0, SECTORS, 512);
			if (be.persistent) {
				assert_false(blkring_front_settle(&ring));
				unmap_all();
			}
			end_ring();
		}
	}
}

/* What belongs into N sectors at SECTOR, at buf + 3. */
static void fill(uint64_t sector, unsigned n)
{
	for (unsigned i = 0; i < n * 512; i++)
		buf[i + 3] = byte_of(sector + i / 512, i % 512);
}

static void test_writes(void **state)
{
	static const unsigned segments[] = { 1, 11, 32 };

	for (unsigned i = 0; i < sizeof(segments) / sizeof(segments[0]); i++) {
		start_ring(2, segments[i]);
		be.seed = i;
		fill(77, 300);
		assert_int_equal(blkring_front_write(&ring, 77, 300, buf + 3),
				 0);
		assert_int_equal(be.written, 300);
		assert_int_equal(blkring_front_flush(&ring), 0);
		assert_int_equal(be.flushes, 1);
		read_right(70, 20, 0);
		/* What goes wrong is one error. */
		fill(77, 1);
		be.bad_status = be.n_replies + 1;
		assert_int_equal(blkring_front_write(&ring, 77, 1, buf + 3),
				 ERR_WRITE);
		err_clear();
		be.bad_status = be.n_replies + 1;
		assert_int_equal(blkring_front_flush(&ring), ERR_WRITE);
		err_clear();
		be.dies_after = be.n_replies;
		assert_int_equal(blkring_front_flush(&ring), ERR_WRITE);
		assert_non_null(strstr(err_text(), "the backend has gone"));
		end_ring();
	}
}

/* Much is asked at once, with few and large requests. */
static void test_in_flight(void **state)
{
	start_ring(1, 256);
	assert_int_equal(ring.entries, 32);
	be.dies_after = 1;
	assert_int_equal(blkring_front_read(&ring, 0, SECTORS, buf), ERR_READ);
	assert_int_equal(be.largest, 256);
	assert_int_equal(be.most, BLKRING_DATA / 256);
	end_ring();
	start_ring(16, 11);
	assert_int_equal(ring.entries, 512);
	be.dies_after = 1;
	assert_int_equal(blkring_front_read(&ring, 0, SECTORS, buf), ERR_READ);
	assert_int_equal(be.largest, 11);
	assert_int_equal(be.most, BLKRING_DATA / 11);
	end_ring();
	start_ring(16, 1);
	be.dies_after = 1;
	assert_int_equal(blkring_front_read(&ring, 0, SECTORS, buf), ERR_READ);
	assert_int_equal(be.most, BLKRING_SLOTS);
	end_ring();
}

/* With few pages for the data requests are small. */
static void test_few_pages(void **state)
{
	static const unsigned data[] = { 1, 2, 3, 12, 100, 511, 9999 };

	for (unsigned i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
		assert_int_equal(try_ring(1, 256, data[i]), 0);
		assert_true(fakexen.given <= 1 + data[i] + BLKRING_SLOTS);
		read_right(7, 1000, 1024);
		assert_true(be.largest <= data[i]);
		end_ring();
	}
	assert_int_equal(try_ring(1, 11, 0), ERR_NO_MEMORY);
	assert_int_equal(try_ring(1, 0, 11), ERR_NO_MEMORY);
	assert_int_equal(fakexen.given + fakexen.ports, 0);
}

/* The indices wrap around at 2^32. */
static void test_wrap(void **state)
{
	start_ring(1, 11);
	ring.req_prod = ring.rsp_cons = be.req_cons = UINT32_MAX - 20;
	sring()->req_prod = sring()->rsp_prod = UINT32_MAX - 20;
	sring()->req_event = sring()->rsp_event = UINT32_MAX - 19;
	for (unsigned i = 0; i < 10; i++)
		read_right(i, 500, 0);
	assert_true(ring.req_prod < 1000);
	end_ring();
}

/* One of many requests fails: the read does, the next one does not. */
static void test_status(void **state)
{
	for (unsigned nth = 1; nth < 24; nth += 11) {
		start_ring(1, 11);
		be.seed = nth;
		be.bad_status = nth;
		assert_int_equal(blkring_front_read(&ring, 0, 2000, buf),
				 ERR_READ);
		assert_string_equal(err_text(), "Error 25: Disk read error: "
				    "hd0: the backend's status is -1");
		assert_null(ring.dead);
		assert_int_equal(ring.in_flight, 0);
		err_clear();
		read_right(5, 2000, 512);
		end_ring();
	}
}

/* The read fails with TEXT, and so at once does every later one. */
static void gives_up(const char *text, uint64_t min_ms, uint64_t max_ms)
{
	uint64_t since = fakexen.now;

	assert_int_equal(blkring_front_read(&ring, 0, 2000, buf), ERR_READ);
	assert_non_null(strstr(err_text(), text));
	assert_in_range(fakexen.now - since, min_ms, max_ms);
	since = fakexen.now;
	err_clear();
	assert_int_equal(blkring_front_read(&ring, 0, 1, buf), ERR_READ);
	assert_non_null(strstr(err_text(), text));
	assert_int_equal(fakexen.now, since);
	err_clear();
	/* Should it come back it finds nothing to do. */
	for (unsigned i = 0; i < ring.entries; i++)
		assert_int_equal(sring()->ring[i].req.operation, 0xff);
}

static void test_wrong_ids(void **state)
{
	static const uint64_t ids[] = { BLKRING_SLOTS, UINT64_MAX, 1ull << 32,
					32, 31, 1ull << 32 | 1 };

	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		start_ring(1, 11);
		be.wrong_id = 3;
		be.id = ids[i];		/* of 32 slots 23 are in use */
		gives_up("hd0: the backend breaks the ring's rules", 0, 10);
		end_ring();
	}
	start_ring(1, 11);
	be.twice = true;
	gives_up("the backend breaks the ring's rules", 0, 10);
	end_ring();
}

static void test_wrong_index(void **state)
{
	static const uint32_t ahead[] = { 1, 30, 32, 1u << 31,
					  UINT32_MAX - 40 };

	for (unsigned i = 0; i < sizeof(ahead) / sizeof(ahead[0]); i++) {
		start_ring(1, 11);
		be.ahead = ahead[i];
		gives_up("the backend breaks the ring's rules", 0, 10);
		end_ring();
	}
}

static void test_gone(void **state)
{
	for (unsigned n = 1; n < 20; n += 6) {
		start_ring(1, 11);
		be.dies_after = n;
		gives_up("hd0: the backend has gone", 1000, 2100);
		assert_int_equal(be.asked, 1);
		end_ring();
	}
	/* Events without replies are no sign of life. */
	start_ring(1, 11);
	be.dies_after = 2;
	fakexen.pending = fakexen.keep_pending = true;
	gives_up("the backend has gone", 1000, 2100);
	end_ring();
}

/* It is there, but nothing comes. */
static bool always(struct blkring_front *r)
{
	return ++be.asked;
}

static void test_hung(void **state)
{
	start_ring(1, 11);
	be.dies_after = 5;
	ring.alive = always;
	gives_up("hd0: the backend does not answer", 60000, 61100);
	assert_in_range(be.asked, 50, 70);
	assert_true(ring.kept);
	assert_false(blkring_front_end(&ring));
}

/* Its last replies came after we had looked, and before it went. */
static void test_last_words(void **state)
{
	start_ring(1, 11);
	be.dies_after = 5;
	be.last_words = true;
	read_right(0, 300, 0);
	be.last_words = false;
	be.dies_after = be.n_replies;
	gives_up("hd0: the backend has gone", 1000, 2100);
	end_ring();
}

/* Slow is not dead, however long it takes in all. */
static void test_slow(void **state)
{
	start_ring(1, 1);
	be.every = 50000;
	read_right(3, 900, 0);
	assert_true(fakexen.now > 100 * 50000);
	assert_true(be.asked > 100);
	end_ring();
}

/* Pages that the backend does not let go of are not forgotten. */
static void test_kept(void **state)
{
	start_ring(1, 11);
	be.dies_after = 1;
	be.holds_on = true;
	gives_up("the backend has gone", 60000, 61100);
	assert_true(ring.kept);
	assert_int_equal(fakexen.given, 1 + 2000 / 8 - 11);
	/* ... until it lets go, one by one */
	for (unsigned i = 0; i < FAKE_GRANTS; i++) {
		if (!fakexen.grant[i].mapped)
			continue;
		assert_false(blkring_front_settle(&ring));
		fakexen.grant[i].mapped = false;
	}
	assert_true(blkring_front_settle(&ring));
	end_ring();
	/* ... while we wait for that */
	start_ring(1, 11);
	be.dies_after = 1;
	be.holds_on = true;
	be.lets_go = 7000;
	gives_up("the backend has gone", 7000, 7200);
	assert_false(ring.kept);
	end_ring();
	/* all that it ever had */
	start_ring(1, 11);
	be.persistent = true;
	read_right(0, 3000, 1);
	be.dies_after = be.n_replies;
	gives_up("the backend has gone", 60000, 61100);
	assert_true(ring.kept);
	unmap_all();
	assert_true(blkring_front_settle(&ring));
	end_ring();
}

/* No memory, no grants: nothing is left behind. */
static void test_no_room(void **state)
{
	unsigned good = 0;

	for (size_t room = 0; room < sizeof(memory); room += 37000) {
		fake_reset(run_backend);
		err_clear();
		arena = (struct arena){ memory, room, 0, NULL };
		ring = (struct blkring_front){ .name = "hd0", .alive = alive };
		fakexen.limit = room / 5000;
		if (blkring_front_init(&ring, &arena, 16, 256, 512)) {
			assert_int_equal(fakexen.given + fakexen.ports, 0);
			assert_non_null(strstr(err_text(), "Error 28: "));
		} else {
			end_ring();
			good++;
		}
	}
	assert_true(good > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean), cmocka_unit_test(test_reads),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_in_flight),
		cmocka_unit_test(test_few_pages),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_wrong_ids),
		cmocka_unit_test(test_wrong_index),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_hung),
		cmocka_unit_test(test_last_words),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
