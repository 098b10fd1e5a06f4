/*
 * The block protocol (xen/io/blkif.h).  The backend gets pages for the data
 * when the ring is made, and keeps them: one that knows persistent grants maps
 * each once, which saves it more time than copying takes us; and no backend,
 * however late it writes, ever has a page of what was read.  A long read
 * becomes as many requests as there are slots.  What the backend writes is
 * checked: it may be broken.
 */
#include "pvboot/guest/blkring_front.h"

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

static bool indirect(const struct blkring_front *r)
{
	return r->segments > BLKIF_MAX_SEGMENTS_PER_REQUEST;
}

/* The number of the slot's first page. */
static unsigned slot_page(const struct blkring_front *r, uint64_t id)
{
	return r->pages + (unsigned)id * (r->segments + indirect(r));
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static void set_sizes(struct blkring_front *r, unsigned pages,
		      unsigned segments, unsigned data)
{
	data = least(data, BLKRING_DATA);
	r->pages = pages;
	for (r->entries = 1;
	     64 + 2 * r->entries * sizeof(union blkif_sring_entry) <=
	     pages * XEN_PAGE;)
		r->entries *= 2;
	r->segments = least(least(segments, data), BLKRING_SEGMENTS);
	r->slots = r->segments ? least(data / r->segments, BLKRING_SLOTS) : 0;
	r->slots = least(r->slots, r->entries);
	r->n_refs = slot_page(r, r->slots);
}

static int get_memory(struct blkring_front *r, struct arena *arena)
{
	if (!r->slots || grant_count_free() < r->n_refs)
		return fail(ERR_NO_MEMORY, "%s: too many disks", r->name);
	r->page = arena_alloc_raw(arena, r->n_refs * XEN_PAGE, XEN_PAGE);
	if (!r->page)
		return ERR_NO_MEMORY;
	r->port = event_alloc(r->dom);
	return r->port ? 0 : ERR_READ;
}

int blkring_front_init(struct blkring_front *r, struct arena *arena,
		       unsigned pages, unsigned segments, unsigned data)
{
	struct blkif_sring *s;
	int err;

	set_sizes(r, pages, segments, data);
	err = get_memory(r, arena);
	if (err) {
		r->pages = 0;
		return err;
	}
	/* The backend sees them all: nothing of what was in them before. */
	s = memset(r->page, 0, r->n_refs * XEN_PAGE);
	s->req_event = s->rsp_event = 1;
	for (unsigned i = 0; i < r->n_refs; i++)
		r->ref[i] = grant_give(r->dom, mfn_of(r->page + i * XEN_PAGE),
				       false);
	return 0;
}

/* Slot ID's request of kind OP for N sectors at SECTOR. */
static void put_request(struct blkring_front *r, uint8_t op, unsigned id,
			uint64_t sector, unsigned n)
{
	struct blkif_sring *ring = (struct blkif_sring *)r->page;
	union blkif_sring_entry *e = &ring->ring[r->req_prod++ &
						 (r->entries - 1)];
	struct blkif_request_indirect *q = (void *)&e->req;
	unsigned first = slot_page(r, id),
		 count = (n + PER_PAGE - 1) / PER_PAGE;
	struct blkif_request_segment *seg = e->req.seg;

	if (indirect(r)) {
		*q = (struct blkif_request_indirect){
			.operation = BLKIF_OP_INDIRECT,
			.indirect_op = op,
			.nr_segments = (uint16_t)count, .id = id,
			.sector_number = sector, .handle = r->handle };
		q->indirect_grefs[0] = r->ref[first];
		seg = (void *)(r->page + first++ * XEN_PAGE);
	} else {
		e->req.operation = op;
		e->req.nr_segments = (uint8_t)count;
		e->req.handle = r->handle;
		e->req.id = id;
		e->req.sector_number = sector;
	}
	for (unsigned i = 0; i < count; i++)
		seg[i] = (struct blkif_request_segment){
			r->ref[first + i], 0, PER_PAGE - 1 };
	seg[count - 1].last_sect = (uint8_t)((n - 1) % PER_PAGE);
}

/* Where slot ID's data is. */
static uint8_t *slot_data(const struct blkring_front *r, uint64_t id)
{
	return r->page + (slot_page(r, id) + indirect(r)) * XEN_PAGE;
}

static unsigned free_slot(const struct blkring_front *r)
{
	unsigned id = 0;

	while (id < r->slots && r->slot[id].len)
		id++;
	return id;
}

/*
 * Start one request at SECTOR for at most N, to or from BUF; returns its
 * sectors, or 0.
 */
static unsigned start(struct blkring_front *r, uint8_t op, uint64_t sector,
		      uint64_t n, uint8_t *buf)
{
	unsigned max = r->segments * PER_PAGE, id = free_slot(r);

	if (id == r->slots)
		return 0;
	if (n < max)
		max = (unsigned)n;
	r->slot[id] = (struct blkslot){ buf, max * SECTOR };
	if (op == BLKIF_OP_WRITE) {
		memcpy(slot_data(r, id), buf, max * SECTOR);
		r->slot[id].to = NULL;
	}
	put_request(r, op, id, sector, max);
	r->in_flight++;
	return max;
}

/* Show the backend what was put since OLD. */
static void push(struct blkring_front *r, uint32_t old)
{
	struct blkif_sring *ring = (struct blkif_sring *)r->page;

	__atomic_store_n(&ring->req_prod, r->req_prod, __ATOMIC_SEQ_CST);
	if (r->req_prod - __atomic_load_n(&ring->req_event, __ATOMIC_SEQ_CST) <
	    r->req_prod - old)
		event_send(r->port);
}

/* Take back the pages from number I on. */
static bool take_back(struct blkring_front *r, unsigned i)
{
	bool all = true;

	for (; i < r->n_refs; i++) {
		if (r->ref[i] && grant_end(r->ref[i]))
			r->ref[i] = 0;
		all &= !r->ref[i];
	}
	return all;
}

bool blkring_front_settle(struct blkring_front *r)
{
	return take_back(r, r->pages);
}

/*
 * Nothing more from this backend.  The requests that it may not have looked at
 * yet are made invalid: their grants are soon those of other pages.
 */
static void give_up(struct blkring_front *r, const char *why)
{
	struct blkif_sring *ring = (struct blkif_sring *)r->page;

	memset(ring->ring, 0xff, r->entries * sizeof(ring->ring[0]));
	r->dead = why;
	r->in_flight = 0;
	r->kept = !blkring_front_settle(r);
}

static void finish(struct blkring_front *r, const struct blkif_response *p,
		   int *err)
{
	struct blkslot *s = &r->slot[p->id % BLKRING_SLOTS];

	if (p->id >= r->slots || !s->len) {
		give_up(r, RULES);
		return;
	}
	if (p->status == BLKIF_RSP_OKAY && s->to)
		memcpy(s->to, slot_data(r, p->id), s->len);
	else if (p->status != BLKIF_RSP_OKAY)
		*err = fail(s->to ? ERR_READ : ERR_WRITE, "%s: the backend's "
			    "status is %d", r->name, p->status);
	s->len = 0;
	r->in_flight--;
}

/* Take all replies that are there; false if there was none. */
static bool take(struct blkring_front *r, int *err)
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
static void wait_settled(struct blkring_front *r, uint64_t end)
{
	while (r->kept && clock_ms() < end) {
		event_take(r->port);
		event_wait(r->port, 100);
		r->kept = !blkring_front_settle(r);
	}
}

static void wait_reply(struct blkring_front *r, int *err)
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
		event_wait(r->port, SILENCE);
		silent = clock_ms() - since;
		/* its last replies may have come just before it went */
		gone = silent >= SILENCE && !r->alive(r);
		if (silent >= PATIENCE)
			give_up(r, "the backend does not answer");
	}
}

static int transfer(struct blkring_front *r, uint8_t op, uint64_t sector,
		    uint64_t n, uint8_t *buf)
{
	int err = 0;

	while (!r->dead && (n || r->in_flight)) {
		uint32_t old = r->req_prod;

		while (n && !err) {
			unsigned done = start(r, op, sector, n, buf);

			if (!done)
				break;
			sector += done;
			buf += done * SECTOR;
			n -= done;
		}
		if (r->req_prod != old)
			push(r, old);
		if (err)
			n = 0;
		if (r->in_flight)
			wait_reply(r, &err);
	}
	return r->dead ? fail(op == BLKIF_OP_READ ? ERR_READ : ERR_WRITE,
			      "%s: %s", r->name, r->dead) : err;
}

int blkring_front_read(struct blkring_front *r, uint64_t sector, uint64_t n,
		       void *buf)
{
	return transfer(r, BLKIF_OP_READ, sector, n, buf);
}

int blkring_front_write(struct blkring_front *r, uint64_t sector, uint64_t n,
			const void *buf)
{
	return transfer(r, BLKIF_OP_WRITE, sector, n,
			(uint8_t *)(uintptr_t)buf);
}

int blkring_front_flush(struct blkring_front *r)
{
	struct blkif_sring *ring = (struct blkif_sring *)r->page;
	int err = 0;

	if (!r->dead) {
		ring->ring[r->req_prod++ & (r->entries - 1)].req =
			(struct blkif_request){
				.operation = BLKIF_OP_FLUSH_DISKCACHE,
				.handle = r->handle };
		r->slot[0].to = NULL;
		r->slot[0].len = 1;
		r->in_flight = 1;
		push(r, r->req_prod - 1);
		wait_reply(r, &err);
	}
	return r->dead ? fail(ERR_WRITE, "%s: %s", r->name, r->dead) : err;
}

bool blkring_front_end(struct blkring_front *r)
{
	event_close(r->port);
	return take_back(r, 0);
}
