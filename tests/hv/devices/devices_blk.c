/*
 * What a hostile front end may try with the block backend: bad requests, bad
 * grants, rings that jump, pages that change their use while the disk works.
 */
#include "tests/hv/devices/devices.h"

#include <string.h>

#include "loader/base/fmt.h"
#include "tests/hv/blk.h"

static void good_and_bad(uint64_t sectors)
{
	struct blkif_request *q;

	memset(page[0], 0x5a, PAGE);
	blk_prepare(BLKIF_OP_WRITE, 8, PAGE_REF);
	blk_expect(0, "write");
	memset(page[0], 0, PAGE);
	blk_prepare(BLKIF_OP_READ, 8, PAGE_REF);
	blk_expect(0, "read");
	ok(page[0][0] == 0x5a && page[0][4095] == 0x5a, "block: same data");
	ok(!grant_in_use(PAGE_REF), "block: grant given back");
	blk_prepare(BLKIF_OP_READ, sectors - 8, PAGE_REF);
	blk_expect(0, "last sectors");
	blk_prepare(BLKIF_OP_READ, sectors - 7, PAGE_REF);
	blk_expect(-1, "over the end");
	blk_prepare(BLKIF_OP_WRITE, ~0ull - 2, PAGE_REF);
	blk_expect(-1, "sector that wraps");
	q = blk_prepare(BLKIF_OP_READ, 0, PAGE_REF);
	q->seg[0].last_sect = 8;
	blk_expect(-1, "segment past its page");
	q = blk_prepare(BLKIF_OP_READ, 0, PAGE_REF);
	q->seg[0].first_sect = 7;
	q->seg[0].last_sect = 0;
	blk_expect(-1, "segment backwards");
	q = blk_prepare(BLKIF_OP_READ, 0, PAGE_REF);
	q->nr_segments = 12;
	blk_expect(-1, "too many segments");
	q = blk_prepare(BLKIF_OP_READ, 0, PAGE_REF);
	q->nr_segments = 0;
	blk_expect(-1, "no segment");
	blk_prepare(0xee, 0, PAGE_REF);
	blk_expect(-2, "no such operation");
}

static void prepare_discard(uint8_t flag, uint64_t sector, uint64_t n)
{
	struct blkif_request_discard *q =
		(void *)blk_prepare(BLKIF_OP_DISCARD, 0, 0);

	*q = (struct blkif_request_discard){
		.operation = BLKIF_OP_DISCARD, .flag = flag,
		.id = 1000 + ring->req_prod, .sector_number = sector,
		.nr_sectors = n,
	};
}

static void discards(uint64_t sectors)
{
	const char *s = store_read("/local/domain/0/backend/vbd/1/51712/"
				   "feature-discard");
	bool can = s && *s == '1';

	say("# discard: %s\n", can ? "yes" : "no");
	prepare_discard(0, 64, 64);
	blk_expect(can ? 0 : -2, "discard");
	prepare_discard(0, 0, sectors);
	blk_expect(can ? 0 : -2, "discard of everything");
	prepare_discard(0, 1, sectors);
	blk_expect(can ? -1 : -2, "discard over the end");
	prepare_discard(0, 8, ~0ull);
	blk_expect(can ? -1 : -2, "discard that wraps");
	prepare_discard(0, 0, 0);
	blk_expect(-1, "discard of nothing");
	prepare_discard(BLKIF_DISCARD_SECURE, 0, 8);
	blk_expect(-2, "secure discard");
}

static void bad_grants(void)
{
	struct blkif_request *q;

	blk_prepare(BLKIF_OP_READ, 0, FREE_REF);
	blk_expect(-1, "page that is not granted");
	blk_prepare(BLKIF_OP_READ, 0, 511);
	blk_expect(-1, "last grant");
	blk_prepare(BLKIF_OP_READ, 0, 512);
	blk_expect(-1, "grant past the table");
	blk_prepare(BLKIF_OP_READ, 0, ~0u);
	blk_expect(-1, "grant ~0");
	grant_page(RO_REF, page[1], GTF_readonly);
	blk_prepare(BLKIF_OP_READ, 0, RO_REF);
	blk_expect(-1, "read into a page granted read-only");
	blk_prepare(BLKIF_OP_WRITE, 0, RO_REF);
	blk_expect(0, "write from a page granted read-only");
	grant_page(TABLE_REF, (void *)si->pt_base, 0);
	blk_prepare(BLKIF_OP_READ, 0, TABLE_REF);
	blk_expect(-1, "read into a page table");
	grant[TABLE_REF].frame = 0;
	blk_prepare(BLKIF_OP_READ, 0, TABLE_REF);
	blk_expect(-1, "read into machine frame 0");
	grant[TABLE_REF].frame = (uint32_t)(si->shared_info / PAGE);
	blk_prepare(BLKIF_OP_READ, 0, TABLE_REF);
	blk_publish(1);
	blk_answer(&(uint64_t){ 0 });
	grant[TABLE_REF].frame = 0x256;	/* hypervisor's own: its image */
	blk_prepare(BLKIF_OP_READ, 0, TABLE_REF);
	blk_expect(-1, "read into the hypervisor");
	grant[TABLE_REF].frame = 0xfffffff0;
	blk_prepare(BLKIF_OP_READ, 0, TABLE_REF);
	blk_expect(-1, "read into nowhere");
	grant_page(TABLE_REF, page[1], 0);
	grant[TABLE_REF].domid = 5;
	blk_prepare(BLKIF_OP_READ, 0, TABLE_REF);
	blk_expect(-1, "page granted to another domain");
	/* One bad segment among good ones: all grants come back. */
	q = blk_prepare(BLKIF_OP_READ, 0, PAGE_REF);
	q->nr_segments = 3;
	q->seg[1] = (struct blkif_request_segment){ PAGE_REF + 1, 0, 7 };
	q->seg[2] = (struct blkif_request_segment){ FREE_REF, 0, 7 };
	blk_expect(-1, "bad grant after two good ones");
	ok(!grant_in_use(PAGE_REF) && !grant_in_use(PAGE_REF + 1),
	   "block: those are given back");
}

static void indirect(void)
{
	struct blkif_request_indirect *q;
	struct blkif_request_segment *s = (void *)page[31];

	for (unsigned i = 0; i < 512; i++)
		s[i] = (struct blkif_request_segment){ PAGE_REF + i % 8, 0, 7 };
	q = (void *)blk_prepare(BLKIF_OP_INDIRECT, 0, 0);
	*q = (struct blkif_request_indirect){
		.operation = BLKIF_OP_INDIRECT, .indirect_op = BLKIF_OP_READ,
		.nr_segments = 32, .id = 1000 + ring->req_prod,
		.indirect_grefs = { PAGE_REF + 31 },
	};
	blk_expect(0, "indirect");
	q = (void *)blk_prepare(BLKIF_OP_INDIRECT, 0, 0);
	*q = (struct blkif_request_indirect){
		.operation = BLKIF_OP_INDIRECT, .indirect_op = BLKIF_OP_READ,
		.nr_segments = 33, .id = 1000 + ring->req_prod,
		.indirect_grefs = { PAGE_REF + 31 },
	};
	blk_expect(-1, "indirect with too many segments");
	q = (void *)blk_prepare(BLKIF_OP_INDIRECT, 0, 0);
	*q = (struct blkif_request_indirect){
		.operation = BLKIF_OP_INDIRECT, .indirect_op = BLKIF_OP_READ,
		.nr_segments = 2, .id = 1000 + ring->req_prod,
		.indirect_grefs = { FREE_REF },
	};
	blk_expect(-1, "indirect by a page that is not granted");
}

/*
 * Try to make page 2 a page table right after a request to read into it.  True
 * when the request was still with the disk after the try.
 */
static bool pin_in_flight(bool *pinned)
{
	const uint64_t mfn = va_mfn(page[2]);
	uint64_t id;
	bool held;

	memset(page[2], 0, PAGE);
	blk_prepare(BLKIF_OP_READ, 64, PAGE_REF + 2);
	set_va(page[2], 0);
	blk_publish(1);
	*pinned = !mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0);
	held = grant_in_use(PAGE_REF + 2);
	if (*pinned)
		mmuext(MMUEXT_UNPIN_TABLE, mfn, 0);
	protect(page[2], true);
	if (blk_answer(&id))
		ok(false, "block: read of page 2");
	return held;
}

/* A page the disk may still write to must not become a page table. */
static void typed_while_busy(void)
{
	bool held = false, pinned = false;

	for (unsigned i = 0; i < 500 && !held; i++)
		held = pin_in_flight(&pinned);
	ok(held && !pinned, "block: a page in flight is no page table");
	ok(!grant_in_use(PAGE_REF + 2), "block: it is given back");
	set_va(page[2], 0);
	ok(!mmuext(MMUEXT_PIN_L1_TABLE, va_mfn(page[2]), 0) &&
	   !mmuext(MMUEXT_UNPIN_TABLE, va_mfn(page[2]), 0),
	   "block: afterwards it may be one");
	protect(page[2], true);
	/* The ring itself is held all the time. */
	set_va(ring, 0);
	ok(mmuext(MMUEXT_PIN_L1_TABLE, va_mfn(ring), 0),
	   "block: the ring is no page table");
	protect(ring, true);
}

/*
 * In one multicall a request is sent and tables are let go of, one of which it
 * reads into: more of them than are given back before the request is looked at.
 */
static void table_just_now(void)
{
	enum { TABLES = 41 };
	static struct multicall_entry call[2];
	static struct mmuext_op unpin = { .cmd = MMUEXT_UNPIN_TABLE };
	static struct evtchn_send send;
	uint64_t *l2 = pages(1), id;
	uint8_t *t[TABLES];

	memset(page[2], 0, PAGE);
	for (unsigned i = 0; i < TABLES; i++) {
		t[i] = i ? pages(1) : page[2];
		l2[TABLES - i] = va_mfn(t[i]) * PAGE | P | RW | US | A;
		set_va(t[i], 0);
	}
	set_va(l2, 0);
	unpin.arg1.mfn = va_mfn(l2);
	ok(!mmuext(MMUEXT_PIN_L2_TABLE, unpin.arg1.mfn, 0), "block: tables");
	blk_prepare(BLKIF_OP_READ, 64, PAGE_REF + 2);
	ring->req_prod++;
	send.port = port;
	call[0].op = __HYPERVISOR_event_channel_op;
	call[0].args[0] = EVTCHNOP_send;
	call[0].args[1] = UL(&send);
	call[1].op = __HYPERVISOR_mmuext_op;
	call[1].args[0] = UL(&unpin);
	call[1].args[1] = 1;
	call[1].args[3] = DOMID_SELF;
	hypercall(__HYPERVISOR_multicall, UL(call), 2, 0, 0);
	ok(!call[1].result && !blk_answer(&id),
	   "block: a page that has just been a table");
	for (unsigned i = 0; i < TABLES; i++)
		protect(t[i], true);
}

/* Requests rewritten after they were published: whatever is done is safe. */
static void rewritten(void)
{
	uint64_t seed = 1, id;

	for (unsigned turn = 0; turn < 50; turn++) {
		for (unsigned i = 0; i < 32; i++) {
			struct blkif_request *q =
				blk_request(ring->req_prod + i);

			blk_prepare(BLKIF_OP_READ, 0, PAGE_REF);
			*q = (struct blkif_request){
				.operation = BLKIF_OP_READ, .nr_segments = 2,
				.sector_number = i,
			};
			q->seg[0].gref = PAGE_REF + i % 16;
			q->seg[1].gref = PAGE_REF + (i + 3) % 16;
			q->seg[0].last_sect = 7;
		}
		blk_publish(32);
		for (unsigned i = 0; i < 112 * 32; i++)
			((uint8_t *)ring)[64 + i] = (uint8_t)random64(&seed);
		for (unsigned i = 0; i < 32; i++)
			if (blk_answer(&id) == 99) {
				ok(false, "block: rewritten: no answer");
				return;
			}
	}
	ok(true, "block: requests rewritten after publishing");
}

static void closed_in_flight(void)
{
	for (unsigned i = 0; i < 32; i++) {
		struct blkif_request *q = blk_request(ring->req_prod + i);

		q->operation = i & 1 ? BLKIF_OP_READ : BLKIF_OP_FLUSH_DISKCACHE;
		q->nr_segments = i & 1;
		q->seg[0] = (struct blkif_request_segment){ PAGE_REF + i % 16,
							    0, 7 };
	}
	blk_publish(32);
	blk_disconnect("in flight");
	for (unsigned i = 0; i < 16; i++)
		if (grant_in_use(PAGE_REF + i))
			ok(false, "page %u is still held", i);
	ok(blk_restart() && blk_connect(front), "block: connects again");
}

/* Starts afresh without waiting for anything. */
static void impatient(void)
{
	struct blkif_sring *old = ring;

	for (unsigned i = 0; i < 32; i++) {
		struct blkif_request *q = blk_request(ring->req_prod + i);

		q->operation = BLKIF_OP_READ;
		q->nr_segments = 1;
		q->seg[0] = (struct blkif_request_segment){ PAGE_REF + i % 16,
							    0, 7 };
	}
	blk_publish(32);
	blk_set("state", "5", 0);
	blk_set("state", "1", 0);
	ring = pages(1);
	memset(ring, 0, PAGE);
	grant_page(NEW_RING_REF, ring, 0);
	blk_set("ring-ref", "%u", NEW_RING_REF);
	blk_set("state", "3", 0);
	ok(blk_backend_is('4'), "block: an impatient front end connects");
	/* The old ring is given back only when all is answered. */
	for (unsigned i = 0; i < 1000000 && !grant_in_use(NEW_RING_REF); i++)
		store_kick();
	ok(grant_in_use(NEW_RING_REF) && !grant_in_use(RING_REF),
	   "block: to its new ring");
	blk_disconnect("impatient");
	ring = old;
	ok(blk_restart() && blk_connect(front), "block: connects again");
}

static void broken_rings(void)
{
	static const uint32_t jump[] = { 33, 1000, 0x80000000, 0xffffffff };

	for (unsigned i = 0; i < 4; i++) {
		blk_prepare(BLKIF_OP_READ, 0, PAGE_REF);
		blk_publish(jump[i]);
		ok(blk_backend_is('6') && !grant_in_use(RING_REF),
		   "block: producer jumps by %u: closed", jump[i]);
		ok(blk_restart() && blk_connect(front),
		   "block: connects again");
	}
	blk_disconnect("xvda");
	ok(blk_restart(), "block: waits again");
}

static void bad_setups(void)
{
	static const struct {
		const char *name, *value;
	} bad[] = {
		{ "ring-ref", "60" }, { "ring-ref", "99999999999999999999" },
		{ "ring-ref", "-1" }, { "ring-ref", "" },
		{ "event-channel", "0" }, { "event-channel", "4095" },
		{ "event-channel", "4294967297" },
		{ "protocol", "x86_32-abi" },
		{ "ring-page-order", "1" },	/* without ring-ref0 */
	};
	char path[80];

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		blk_ring();
		blk_set("ring-ref", "%u", RING_REF);
		blk_set("event-channel", "%u", port);
		blk_set("protocol", "x86_64-abi", 0);
		blk_set(bad[i].name, bad[i].value, 0);
		blk_set("state", "3", 0);
		ok(blk_backend_is('6') && !grant_in_use(RING_REF),
		   "block: %s = %s", bad[i].name, bad[i].value);
		blk_restart();
	}
	fmt(path, sizeof(path), "%s/ring-page-order", front);
	store_ask(XS_RM, path, strlen(path) + 1);
	/* A port that is somebody else's already. */
	blk_set("event-channel", "%u", si->store_evtchn);
	blk_set("state", "3", 0);
	ok(blk_backend_is('6'), "block: xenstore's own port");
	blk_restart();
}

static void read_only_disk(void)
{
	uint64_t id;

	if (!blk_connect("device/vbd/51728"))
		return;
	blk_prepare(BLKIF_OP_READ, 0, PAGE_REF);
	blk_publish(1);
	ok(!blk_answer(&id), "block: xvdb: read");
	blk_prepare(BLKIF_OP_WRITE, 0, PAGE_REF);
	blk_expect(-1, "xvdb: write to a read-only disk");
	prepare_discard(0, 0, 8);
	blk_expect(-2, "xvdb: discard on a read-only disk");
	blk_disconnect("xvdb");
}

void devices_block(void)
{
	const char *s;
	uint64_t sectors = 0;

	blk_setup();
	ok(blk_connect("device/vbd/51712"), "block: connects");
	s = store_read("/local/domain/0/backend/vbd/1/51712/sectors");
	while (s && *s >= '0' && *s <= '9')
		sectors = sectors * 10 + (uint64_t)(*s++ - '0');
	good_and_bad(sectors);
	discards(sectors);
	bad_grants();
	indirect();
	typed_while_busy();
	table_just_now();
	rewritten();
	closed_in_flight();
	impatient();
	broken_rings();
	bad_setups();
	read_only_disk();
}
