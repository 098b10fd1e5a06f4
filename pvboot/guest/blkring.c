/*
 * The block protocol (xen/io/blkif.h).  The destination's own pages are
 * granted to the backend, so nothing is copied; a long read becomes as many
 * requests as the ring, the slots and the grant table take at once.  What the
 * backend writes is checked: it may be broken.
 */
#include "pvboot/guest/blkring.h"

#include <string.h>

#include "loader/base/err.h"
#include "pvboot/guest/guest.h"
#include "pvboot/guest/map.h"

#define SECTOR 512u
#define PER_PAGE (XEN_PAGE / SECTOR)
#define SILENCE 1000u		/* ms, then ask whether the backend lives */
#define PATIENCE 60000u		/* ms until it is given up all the same */
#define RULES "the backend breaks the ring's rules"

static uint64_t mfn_of(const void *p)
{
	return map_get((uint64_t)p) >> 12 & ((1ul << 40) - 1);
}

int blkring_init(struct blkring *r, struct arena *arena, unsigned pages,
		 unsigned max_segments)
{
	unsigned all = pages + BLKRING_SLOTS;
	struct blkif_sring *s;

	if (grant_count_free() < all)
		return fail(ERR_NO_MEMORY, "%s: too many disks", r->name);
	r->page = arena_alloc_aligned(arena, all * XEN_PAGE, XEN_PAGE);
	if (!r->page)
		return ERR_NO_MEMORY;
	r->port = event_alloc(r->dom);
	if (!r->port)
		return ERR_READ;
	r->max_segments = max_segments < BLKRING_SEGMENTS ? max_segments
							  : BLKRING_SEGMENTS;
	r->pages = pages;
	for (r->entries = 1; 64 + 2 * r->entries * sizeof(union blkif_sring_entry)
	     <= pages * XEN_PAGE; )
		r->entries *= 2;
	s = (struct blkif_sring *)r->page;
	s->req_event = s->rsp_event = 1;
	for (unsigned i = 0; i < pages; i++)
		r->ref[i] = grant_give(r->dom, mfn_of(r->page + i * XEN_PAGE),
				       false);
	for (unsigned i = 0; i < BLKRING_SLOTS; i++) {
		uint8_t *seg = r->page + (pages + i) * XEN_PAGE;

		r->slot[i].seg = (struct blkif_request_segment *)seg;
		r->slot[i].seg_ref = grant_give(r->dom, mfn_of(seg), true);
	}
	return 0;
}

/* Grant the pages of [buf, +sectors) and write the segments down. */
static unsigned fill(struct blkring *r, struct blkslot *s, uint8_t *buf,
		     uint64_t sectors)
{
	unsigned n = 0;

	while (sectors) {
		unsigned first = (uintptr_t)buf % XEN_PAGE / SECTOR;
		unsigned count = PER_PAGE - first;

		if (count > sectors)
			count = (unsigned)sectors;
		s->seg[n++] = (struct blkif_request_segment){
			grant_give(r->dom, mfn_of(buf), false),
			(uint8_t)first, (uint8_t)(first + count - 1) };
		sectors -= count;
		buf += count * SECTOR;
	}
	return n;
}

static void put_request(struct blkring *r, unsigned id, uint64_t sector)
{
	struct blkif_sring *ring = (struct blkif_sring *)r->page;
	union blkif_sring_entry *e = &ring->ring[r->req_prod++ &
						 (r->entries - 1)];
	struct blkslot *s = &r->slot[id];

	if (s->n > BLKIF_MAX_SEGMENTS_PER_REQUEST) {
		struct blkif_request_indirect *q = (void *)&e->req;

		*q = (struct blkif_request_indirect){
			.operation = BLKIF_OP_INDIRECT,
			.indirect_op = BLKIF_OP_READ,
			.nr_segments = (uint16_t)s->n, .id = id,
			.sector_number = sector, .handle = r->handle };
		q->indirect_grefs[0] = s->seg_ref;
		return;
	}
	e->req.operation = BLKIF_OP_READ;
	e->req.nr_segments = (uint8_t)s->n;
	e->req.handle = r->handle;
	e->req.id = id;
	e->req.sector_number = sector;
	for (unsigned i = 0; i < s->n; i++)
		e->req.seg[i] = s->seg[i];
}

/* Start one request at SECTOR for at most N; returns its sectors, or 0. */
static uint64_t start(struct blkring *r, uint64_t sector, uint64_t n,
		      uint8_t *buf)
{
	uint64_t max = r->max_segments, id = 0;

	if (max > grant_count_free())
		max = grant_count_free();
	if (!max || r->in_flight == r->entries)
		return 0;
	max = max * PER_PAGE - (uintptr_t)buf % XEN_PAGE / SECTOR;
	while (id < BLKRING_SLOTS && r->slot[id].n)
		id++;
	if (id == BLKRING_SLOTS)
		return 0;
	if (n > max)
		n = max;
	r->slot[id].n = fill(r, &r->slot[id], buf, n);
	put_request(r, (unsigned)id, sector);
	r->in_flight++;
	return n;
}

/* Show the backend what was put since OLD. */
static void push(struct blkring *r, uint32_t old)
{
	struct blkif_sring *ring = (struct blkif_sring *)r->page;

	__atomic_store_n(&ring->req_prod, r->req_prod, __ATOMIC_SEQ_CST);
	if (r->req_prod - __atomic_load_n(&ring->req_event, __ATOMIC_SEQ_CST) <
	    r->req_prod - old)
		event_send(r->port);
}

/* Take the slot's pages back; what the backend keeps stays written down. */
static void end_slot(struct blkslot *s)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->n; i++)
		if (!grant_end(s->seg[i].gref))
			s->seg[kept++] = s->seg[i];
	s->n = kept;
}

bool blkring_settle(struct blkring *r)
{
	bool all = true;

	for (unsigned i = 0; i < BLKRING_SLOTS; i++) {
		end_slot(&r->slot[i]);
		all &= !r->slot[i].n;
	}
	return all;
}

/*
 * Nothing more from this backend.  The requests that it may not have looked at
 * yet are made invalid: their grants are soon those of other pages.
 */
static void give_up(struct blkring *r, const char *why)
{
	struct blkif_sring *ring = (struct blkif_sring *)r->page;

	memset(ring->ring, 0xff, r->entries * sizeof(ring->ring[0]));
	r->dead = why;
	r->in_flight = 0;
	r->kept = !blkring_settle(r);
}

static void finish(struct blkring *r, const struct blkif_response *p, int *err)
{
	if (p->id >= BLKRING_SLOTS || !r->slot[p->id].n) {
		give_up(r, RULES);
		return;
	}
	end_slot(&r->slot[p->id]);
	r->in_flight--;
	if (r->slot[p->id].n)
		give_up(r, "the backend keeps pages of ours");
	else if (p->status != BLKIF_RSP_OKAY)
		*err = fail(ERR_READ, "%s: the backend's status is %d", r->name,
			    p->status);
}

/* Take all replies that are there; false if there was none. */
static bool take(struct blkring *r, int *err)
{
	struct blkif_sring *ring = (struct blkif_sring *)r->page;
	uint32_t prod = __atomic_load_n(&ring->rsp_prod, __ATOMIC_ACQUIRE);

	if (prod == r->rsp_cons)
		return false;
	if (prod - r->rsp_cons > r->in_flight)
		give_up(r, RULES);
	while (!r->dead && r->rsp_cons != prod) {
		/* a copy: the backend could change it after the check */
		struct blkif_response p = ring->ring[r->rsp_cons++ &
						     (r->entries - 1)].rsp;

		finish(r, &p, err);
	}
	return true;
}

/* It has gone, but what it had begun may still be on its way into memory. */
static void wait_settled(struct blkring *r, uint64_t end)
{
	while (r->kept && clock_ms() < end) {
		event_take(r->port);
		event_wait(r->port, 0, 100);
		r->kept = !blkring_settle(r);
	}
}

static void wait_reply(struct blkring *r, int *err)
{
	struct blkif_sring *ring = (struct blkif_sring *)r->page;
	uint64_t since = clock_ms(), silent;
	bool gone = false;

	while (!r->dead) {
		event_take(r->port);
		__atomic_store_n(&ring->rsp_event, r->rsp_cons + 1,
				 __ATOMIC_SEQ_CST);
		if (take(r, err))
			return;
		if (gone) {
			give_up(r, "the backend has gone");
			wait_settled(r, since + PATIENCE);
			return;
		}
		event_wait(r->port, 0, SILENCE);
		silent = clock_ms() - since;
		/* its last replies may have come just before it went */
		gone = silent >= SILENCE && !r->alive(r);
		if (silent >= PATIENCE)
			give_up(r, "the backend does not answer");
	}
}

int blkring_read(struct blkring *r, uint64_t sector, uint64_t n, void *buf)
{
	uint8_t *to = buf;
	int err = 0;

	while (!r->dead && (n || r->in_flight)) {
		uint32_t old = r->req_prod;

		while (n && !err) {
			uint64_t done = start(r, sector, n, to);

			if (!done)
				break;
			sector += done;
			to += done * SECTOR;
			n -= done;
		}
		if (r->req_prod != old)
			push(r, old);
		if (err)
			n = 0;
		if (r->in_flight)
			wait_reply(r, &err);
		else if (n)
			give_up(r, "no room for a request");
	}
	return r->dead ? fail(ERR_READ, "%s: %s", r->name, r->dead) : err;
}

bool blkring_end(struct blkring *r)
{
	bool all = blkring_settle(r);

	for (unsigned i = 0; i < r->pages; i++)
		all &= grant_end(r->ref[i]);
	for (unsigned i = 0; i < BLKRING_SLOTS; i++)
		all &= grant_end(r->slot[i].seg_ref);
	event_close(r->port);
	return all;
}
