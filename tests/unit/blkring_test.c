/* The block ring, and what a request may ask for. */
#include "tests/unit/unit.h"

#include "pvboot/hv/back/blkring_back.h"

static uint8_t pages[BLKRING_PAGES][4096];
static struct blkring_back ring;

static struct blkif_sring *sring(void)
{
	return (struct blkif_sring *)pages[0];
}

static void fresh(unsigned n)
{
	memset(pages, 0, sizeof(pages));
	memset(&ring, 0, sizeof(ring));
	ring.n_pages = n;
	/* In another order than memory has them. */
	for (unsigned i = 0; i < n; i++)
		ring.page[i] = pages[i ? n - i : 0];
	sring()->req_event = sring()->rsp_event = 1;
	assert_true(blkring_back_attach(&ring));
}

/* The guest's side: entry I, byte by byte as its own map has it. */
static void put(uint32_t i, const void *q, size_t len)
{
	const uint8_t *from = q;

	for (size_t k = 0; k < len; k++) {
		size_t at = 64 + (i & (ring.entries - 1)) * 112 + k;

		ring.page[at / 4096][at % 4096] = from[k];
	}
}

static void get(uint32_t i, void *q, size_t len)
{
	uint8_t *to = q;

	for (size_t k = 0; k < len; k++) {
		size_t at = 64 + (i & (ring.entries - 1)) * 112 + k;

		to[k] = ring.page[at / 4096][at % 4096];
	}
}

static void test_sizes(void **state)
{
	assert_int_equal(sizeof(union blkif_sring_entry), 112);
	assert_int_equal(sizeof(union blkring_request), 112);
	fresh(1);
	assert_int_equal(ring.entries, 32);
	fresh(2);
	assert_int_equal(ring.entries, 64);
	fresh(4);
	assert_int_equal(ring.entries, 128);
}

static void turn(unsigned n_pages)
{
	struct blkif_request q;
	union blkring_request copy;
	struct blkif_response a;

	fresh(n_pages);
	for (uint32_t i = 0; i < 3 * ring.entries; i++) {
		memset(&q, (int)i, sizeof(q));
		q.id = i * 7919ull;
		put(i, &q, sizeof(q));
		assert_int_equal(blkring_back_get(&ring, &copy), 0);
		assert_int_equal(sring()->req_event, i + 1);
		sring()->req_prod++;
		assert_int_equal(blkring_back_get(&ring, &copy), 1);
		assert_memory_equal(&copy, &q, sizeof(copy));
		sring()->rsp_event = i + 1 + (i & 1);
		assert_int_equal(blkring_back_put(&ring, q.id, 1, -1),
				 !(i & 1));
		assert_int_equal(sring()->rsp_prod, i + 1);
		get(i, &a, sizeof(a));
		assert_int_equal(a.id, q.id);
		assert_int_equal(a.operation, 1);
		assert_int_equal(a.status, -1);
	}
}

static void test_turns(void **state)
{
	turn(1);
	turn(2);
	turn(4);
}

static void test_hostile_indices(void **state)
{
	union blkring_request copy;

	fresh(1);
	sring()->req_prod = 33;
	assert_int_equal(blkring_back_get(&ring, &copy), -1);
	sring()->req_prod = UINT32_MAX;
	assert_int_equal(blkring_back_get(&ring, &copy), -1);
	sring()->req_prod = 32;
	for (int i = 0; i < 32; i++)
		assert_int_equal(blkring_back_get(&ring, &copy), 1);
	assert_int_equal(blkring_back_get(&ring, &copy), 0);
	/* More requests than answers have made room for. */
	sring()->req_prod = 33;
	assert_int_equal(blkring_back_get(&ring, &copy), -1);
	sring()->req_prod = 5;
	assert_int_equal(blkring_back_get(&ring, &copy), -1);
	sring()->rsp_prod = 77;
	assert_false(blkring_back_attach(&ring));
}

static const struct blk_limits disk = { 1000, 512, false, true, true };

static struct blk_io io;

static int rw(uint8_t op, uint64_t sector, unsigned n, uint8_t first,
	      uint8_t last, const struct blk_limits *limits)
{
	union blkring_request q;
	int status;

	memset(&q, 0, sizeof(q));
	q.rw.operation = op;
	q.rw.id = 5;
	q.rw.sector_number = sector;
	q.rw.nr_segments = (uint8_t)n;
	for (unsigned i = 0; i < 11; i++)
		q.rw.seg[i] = (struct blkif_request_segment){ i, first, last };
	status = blkring_back_parse(&q, &io);
	return status ? status : blkring_back_check(&io, limits);
}

static void test_requests(void **state)
{
	struct blk_limits ro = disk, k4 = disk, no_cache = disk;

	ro.read_only = true;
	k4.sector_size = 4096;
	no_cache.flush = false;
	assert_int_equal(rw(BLKIF_OP_READ, 0, 11, 0, 7, &disk), 0);
	assert_int_equal(io.n, 11);
	assert_int_equal(io.seg[10].gref, 10);
	assert_int_equal(io.id, 5);
	assert_int_equal(rw(BLKIF_OP_READ, 912, 11, 0, 7, &disk), 0);
	assert_int_equal(rw(BLKIF_OP_READ, 913, 11, 0, 7, &disk), -1);
	assert_int_equal(rw(BLKIF_OP_READ, UINT64_MAX - 3, 1, 0, 7, &disk), -1);
	assert_int_equal(rw(BLKIF_OP_READ, 1000, 1, 0, 0, &disk), -1);
	assert_int_equal(rw(BLKIF_OP_READ, 0, 12, 0, 7, &disk), -1);
	assert_int_equal(rw(BLKIF_OP_READ, 0, 0, 0, 7, &disk), -1);
	assert_int_equal(rw(BLKIF_OP_READ, 0, 1, 3, 2, &disk), -1);
	assert_int_equal(rw(BLKIF_OP_READ, 0, 1, 0, 8, &disk), -1);
	assert_int_equal(rw(BLKIF_OP_WRITE, 0, 1, 0, 7, &ro), -1);
	assert_int_equal(rw(BLKIF_OP_READ, 0, 1, 0, 7, &ro), 0);
	assert_int_equal(rw(BLKIF_OP_READ, 8, 2, 0, 7, &k4), 0);
	assert_int_equal(rw(BLKIF_OP_READ, 4, 1, 0, 7, &k4), -1);
	assert_int_equal(rw(BLKIF_OP_READ, 8, 1, 0, 6, &k4), -1);
	assert_int_equal(rw(BLKIF_OP_FLUSH_DISKCACHE, ~0ull, 0, 0, 0, &disk),
			 0);
	assert_int_equal(rw(BLKIF_OP_FLUSH_DISKCACHE, 0, 1, 0, 0, &disk), -1);
	assert_int_equal(rw(BLKIF_OP_FLUSH_DISKCACHE, 0, 0, 0, 0, &no_cache),
			 BLKIF_RSP_EOPNOTSUPP);
	assert_int_equal(rw(BLKIF_OP_WRITE_BARRIER, 0, 1, 0, 7, &disk),
			 BLKIF_RSP_EOPNOTSUPP);
	assert_int_equal(rw(99, 0, 1, 0, 7, &disk), BLKIF_RSP_EOPNOTSUPP);
}

static int discard(uint8_t flag, uint64_t sector, uint64_t n,
		   const struct blk_limits *limits)
{
	union blkring_request q;
	int status;

	memset(&q, 0xff, sizeof(q));
	q.discard.operation = BLKIF_OP_DISCARD;
	q.discard.flag = flag;
	q.discard.id = 6;
	q.discard.sector_number = sector;
	q.discard.nr_sectors = n;
	status = blkring_back_parse(&q, &io);
	return status ? status : blkring_back_check(&io, limits);
}

static void test_discard(void **state)
{
	struct blk_limits ro = disk, k4 = disk, none = disk;

	ro.read_only = true;
	k4.sector_size = 4096;
	none.discard = false;
	assert_int_equal(discard(0, 0, 1000, &disk), 0);
	assert_int_equal(io.id, 6);
	assert_int_equal(io.n, 0);
	assert_int_equal(io.discard, 1000);
	assert_int_equal(discard(0, 1, 1000, &disk), -1);
	assert_int_equal(discard(0, 1, UINT64_MAX, &disk), -1);
	assert_int_equal(discard(0, UINT64_MAX, 1, &disk), -1);
	assert_int_equal(discard(0, 0, 0, &disk), -1);
	assert_int_equal(discard(BLKIF_DISCARD_SECURE, 0, 8, &disk),
			 BLKIF_RSP_EOPNOTSUPP);
	assert_int_equal(discard(0, 0, 8, &none), BLKIF_RSP_EOPNOTSUPP);
	assert_int_equal(discard(0, 0, 8, &ro), -1);
	assert_int_equal(discard(0, 8, 16, &k4), 0);
	assert_int_equal(discard(0, 8, 4, &k4), -1);
	assert_int_equal(discard(0, 4, 8, &k4), -1);
}

static void test_indirect(void **state)
{
	union blkring_request q;

	memset(&q, 0, sizeof(q));
	q.indirect.operation = BLKIF_OP_INDIRECT;
	q.indirect.indirect_op = BLKIF_OP_WRITE;
	q.indirect.nr_segments = BLKRING_SEGS;
	q.indirect.id = 0x1122334455667788;
	q.indirect.sector_number = 744;
	q.indirect.indirect_grefs[0] = 77;
	assert_int_equal(blkring_back_parse(&q, &io), 0);
	assert_true(io.indirect);
	assert_int_equal(io.ref, 77);
	assert_int_equal(io.op, BLKIF_OP_WRITE);
	assert_int_equal(io.kind, BLKIF_OP_WRITE);
	assert_int_equal(io.id, 0x1122334455667788);
	for (unsigned i = 0; i < BLKRING_SEGS; i++)
		io.seg[i] = (struct blkif_request_segment){ i, 0, 7 };
	assert_int_equal(blkring_back_check(&io, &disk), 0);
	io.sector++;
	assert_int_equal(blkring_back_check(&io, &disk), -1);
	q.indirect.nr_segments++;
	assert_int_equal(blkring_back_parse(&q, &io), -1);
	q.indirect.nr_segments = 0;
	assert_int_equal(blkring_back_parse(&q, &io), -1);
	q.indirect.nr_segments = 1;
	q.indirect.indirect_op = BLKIF_OP_INDIRECT;
	assert_int_equal(blkring_back_parse(&q, &io), BLKIF_RSP_EOPNOTSUPP);
	q.indirect.indirect_op = BLKIF_OP_FLUSH_DISKCACHE;
	assert_int_equal(blkring_back_parse(&q, &io), BLKIF_RSP_EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_hostile_indices),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_discard),
		cmocka_unit_test(test_indirect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
