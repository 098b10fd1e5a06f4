/* Waits by yielding: the backend runs in the hypervisor meanwhile. */
#include "tests/hv/blk.h"

#include <string.h>

#include "loader/base/fmt.h"

struct grant_entry_v1 *grant;
struct blkif_sring *ring;
uint8_t *page[32];
uint32_t port;
const char *front;
static uint32_t rsp_cons;

static void yield(void)
{
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0);
}

void grant_page(unsigned ref, const void *va, uint16_t flags)
{
	grant[ref].domid = 0;
	grant[ref].frame = (uint32_t)va_mfn(va);
	__atomic_store_n(&grant[ref].flags, GTF_permit_access | flags,
			 __ATOMIC_RELEASE);
}

bool grant_in_use(unsigned ref)
{
	return __atomic_load_n(&grant[ref].flags, __ATOMIC_ACQUIRE) &
		(GTF_reading | GTF_writing);
}

void blk_setup(void)
{
	static uint64_t frames[1];
	struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };

	set_xen_guest_handle(s.frame_list, frames);
	hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, UL(&s), 1,
		  0);
	grant = pages(1);
	ok(!s.status && !set_va(grant, frames[0] * PAGE | P | RW | A | D | US),
	   "grant table");
	for (unsigned i = 0; i < 32; i++) {
		page[i] = pages(1);
		grant_page(PAGE_REF + i, page[i], 0);
	}
}

void blk_set(const char *name, const char *format, uint64_t value)
{
	char path[80], text[32];

	fmt(path, sizeof(path), "%s/%s", front, name);
	fmt(text, sizeof(text), "%s", format);
	if (!strcmp(format, "%u"))
		fmt(text, sizeof(text), "%lu", value);
	if (!store_write(path, text))
		ok(false, "write %s", path);
}

bool blk_backend_is(char state)
{
	char path[80];
	const char *s = NULL;

	fmt(path, sizeof(path), "%s/backend", front);
	s = store_read(path);
	if (!s)
		return false;
	fmt(path, sizeof(path), "%s/state", s);
	for (unsigned i = 0; i < 100000; i++) {
		s = store_read(path);
		if (s && s[0] == state && !s[1])
			return true;
		yield();
	}
	ok(false, "%s is %s, not %c", path, s ? s : "?", state);
	return false;
}

static uint32_t new_port(void)
{
	struct evtchn_alloc_unbound a = { DOMID_SELF, 0, 0 };

	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
		  UL(&a), 0, 0);
	return a.port;
}

void blk_ring(void)
{
	if (!ring)
		ring = pages(1);
	memset(ring, 0, PAGE);
	ring->req_event = ring->rsp_event = 1;
	rsp_cons = 0;
	grant_page(RING_REF, ring, 0);
	port = new_port();
}

bool blk_restart(void)
{
	blk_set("state", "1", 0);
	return blk_backend_is('2');
}

bool blk_connect(const char *device)
{
	front = device;
	blk_ring();
	blk_set("ring-ref", "%u", RING_REF);
	blk_set("event-channel", "%u", port);
	blk_set("protocol", "x86_64-abi", 0);
	blk_set("state", "3", 0);
	return blk_backend_is('4');
}

void blk_disconnect(const char *name)
{
	blk_set("state", "5", 0);
	ok(blk_backend_is('5'), "%s: closing", name);
	blk_set("state", "6", 0);
	ok(blk_backend_is('6') && !grant_in_use(RING_REF), "%s: closed", name);
}

struct blkif_request *blk_request(unsigned n)
{
	struct blkif_request *q =
		(void *)((uint8_t *)ring + 64 + 112 * (n & 31));

	memset(q, 0, 112);
	return q;
}

void blk_publish(unsigned n)
{
	struct evtchn_send s = { port };

	__atomic_add_fetch(&ring->req_prod, n, __ATOMIC_SEQ_CST);
	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, UL(&s), 0, 0);
}

int blk_answer(uint64_t *id)
{
	volatile uint32_t *prod = &ring->rsp_prod;
	struct blkif_response *r =
		(void *)((uint8_t *)ring + 64 + 112 * (rsp_cons & 31));

	for (unsigned i = 0; i < 100000 && *prod == rsp_cons; i++)
		yield();
	for (unsigned i = 0; i < 60000 && *prod == rsp_cons; i++)
		rest();
	if (*prod == rsp_cons)
		return 99;
	rsp_cons++;
	ring->rsp_event = rsp_cons + 1;
	*id = r->id;
	return r->status;
}

struct blkif_request *blk_prepare(uint8_t op, uint64_t sector, uint32_t ref)
{
	struct blkif_request *q = blk_request(ring->req_prod);

	q->operation = op;
	q->nr_segments = 1;
	q->id = 1000 + ring->req_prod;
	q->sector_number = sector;
	q->seg[0] = (struct blkif_request_segment){ ref, 0, 7 };
	return q;
}

void blk_expect(int status, const char *name)
{
	uint64_t want = 1000 + ring->req_prod, id = 0;
	int got;

	blk_publish(1);
	got = blk_answer(&id);
	ok(got == status && id == want, "block: %s", name);
	if (got != status)
		say("# status %d, id %lu\n", got, id);
}
