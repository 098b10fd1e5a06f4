/*
 * A block backend for tests of the PV loader's ring: it serves a made-up disk
 * as it likes, in any order and at any pace, and misbehaves in one way when
 * told so.  It checks what it is asked.
 */
#ifndef TESTS_UNIT_PVBLKBACK_H
#define TESTS_UNIT_PVBLKBACK_H

#include "tests/unit/unit.h"

#include "pvboot/guest/blkring_front.h"
#include "tests/pvguest.h"

#define SECTORS 8192u		/* of the disk: 4 MiB */

static struct blkring_front ring;

/* Requests that the backend has taken and not yet answered. */
struct job {
	uint64_t id, sector;
	uint8_t op;
	unsigned n;
	struct blkif_request_segment seg[BLKRING_SEGMENTS];
};

static struct backend {
	struct job job[512];
	unsigned n_jobs, n_replies, largest, most;
	unsigned written, flushes;	/* sectors; requests */
	uint32_t req_cons;
	bool alive;
	unsigned asked;		/* how often alive() was */
	uint64_t every, next;	/* ms from reply to reply; 0: at once */
	bool persistent;	/* maps each page once, and keeps it */
	/* Misdeeds; 0 or false: none. */
	uint64_t seed;		/* answer in any order, some now, some later */
	unsigned bad_status;	/* the Nth reply is an error */
	unsigned dies_after;	/* N replies, then silence */
	bool last_words;	/* ... and they are sent while alive() fails */
	bool holds_on; /* ... with all pages mapped that it was given, */
	uint64_t lets_go;	/* until then (ms), 0: for ever */
	unsigned wrong_id;	/* the Nth reply has the id ... */
	uint64_t id;
	bool twice;		/* each reply comes twice */
	uint32_t ahead;		/* added to rsp_prod */
} be;

static inline struct blkif_sring *sring(void)
{
	return (struct blkif_sring *)ring.page;
}

static inline uint64_t draw(uint64_t below)
{
	be.seed = be.seed * 6364136223846793005u + 1442695040888963407u;
	return (be.seed >> 33) % below;
}

static inline uint8_t byte_of(uint64_t sector, unsigned at)
{
	return (uint8_t)(sector * 31 + (sector >> 8) * 7 + at);
}

static inline void take_job(void)
{
	union blkif_sring_entry *e =
		&sring()->ring[be.req_cons++ & (ring.entries - 1)];
	struct blkif_request_indirect *in = (void *)&e->req;
	struct job *j = &be.job[be.n_jobs++];
	const void *seg = e->req.seg;

	assert_true(be.n_jobs <= ring.entries);
	j->id = e->req.id;
	j->sector = e->req.sector_number;
	j->n = e->req.nr_segments;
	j->op = e->req.operation;
	if (j->op == BLKIF_OP_INDIRECT) {
		j->op = in->indirect_op;
		assert_int_equal(in->handle, 51);
		j->id = in->id;
		j->sector = in->sector_number;
		j->n = in->nr_segments;
		seg = fake_map(in->indirect_grefs[0], false);
		fake_unmap(in->indirect_grefs[0]);
	} else {
		assert_int_equal(e->req.handle, 51);
		assert_true(j->n <= BLKIF_MAX_SEGMENTS_PER_REQUEST);
	}
	if (j->op == BLKIF_OP_FLUSH_DISKCACHE && !j->n)
		return;
	assert_true(j->op == BLKIF_OP_READ || j->op == BLKIF_OP_WRITE);
	assert_in_range(j->n, 1, ring.segments);
	memcpy(j->seg, seg, j->n * sizeof(j->seg[0]));
	for (unsigned i = 0; i < j->n; i++)
		if (!be.persistent || !fakexen.grant[j->seg[i].gref].mapped)
			fake_map(j->seg[i].gref, true);
	be.largest = j->n > be.largest ? j->n : be.largest;
	be.most = be.n_jobs > be.most ? be.n_jobs : be.most;
}

static inline void put_reply(uint64_t id, int16_t status)
{
	uint32_t prod = sring()->rsp_prod;
	struct blkif_response *p =
		&sring()->ring[prod & (ring.entries - 1)].rsp;

	p->id = id;
	p->status = status;
	sring()->rsp_prod = prod + 1;
	if (sring()->rsp_event == prod + 1)
		fakexen.pending = true;
}

/* One that is written has to hold what byte_of() has for it. */
static inline void do_sector(const struct job *j, uint8_t *to)
{
	be.written += j->op == BLKIF_OP_WRITE;
	for (unsigned b = 0; b < 512; b++)
		if (j->op == BLKIF_OP_READ)
			to[b] = byte_of(j->sector, b);
		else if (to[b] != byte_of(j->sector, b))
			fail_msg("sector %lu is written wrong", j->sector);
}

static inline void do_job(unsigned i)
{
	struct job *j = &be.job[i];
	bool bad = ++be.n_replies == be.bad_status;
	uint64_t id = be.n_replies == be.wrong_id ? be.id : j->id;

	for (unsigned k = 0; k < j->n; k++) {
		uint8_t *page = fake_unmap(j->seg[k].gref);

		if (be.persistent)
			fake_map(j->seg[k].gref, true);

		assert_true(j->seg[k].first_sect <= j->seg[k].last_sect);
		assert_true(j->seg[k].last_sect < 8);
		for (unsigned s = j->seg[k].first_sect;
		     s <= j->seg[k].last_sect; s++, j->sector++)
			do_sector(j, page + s * 512);
	}
	be.flushes += !j->n;
	assert_true(j->sector <= SECTORS);
	put_reply(id, bad ? BLKIF_RSP_ERROR : BLKIF_RSP_OKAY);
	if (be.twice)
		put_reply(id, BLKIF_RSP_OKAY);
	be.job[i] = be.job[--be.n_jobs];
}

static inline void let_go(void)
{
	for (; be.n_jobs; be.n_jobs--)
		for (unsigned i = 0; i < be.job[be.n_jobs - 1].n; i++)
			fake_unmap(be.job[be.n_jobs - 1].seg[i].gref);
}

static inline void run_backend(void)
{
	if (!ring.page)
		return;
	while (be.req_cons != sring()->req_prod)
		take_job();
	sring()->req_event = be.req_cons + 1;
	while (be.n_jobs && fakexen.now >= be.next && !(be.seed && !draw(4))) {
		if (be.dies_after && be.n_replies == be.dies_after) {
			be.alive = false;
			if (be.lets_go && fakexen.now >= be.lets_go)
				let_go();
			return;
		}
		be.next = be.every ? fakexen.now + be.every : 0;
		do_job(be.seed ? (unsigned)draw(be.n_jobs) : 0);
	}
	if (be.ahead && be.n_replies)
		sring()->rsp_prod += be.ahead;
}

static inline bool alive(struct blkring_front *r)
{
	assert_ptr_equal(r, &ring);
	be.asked++;
	if (!be.alive && be.last_words) {
		be.dies_after = 0;
		run_backend();
	}
	if (!be.alive && !be.holds_on)
		let_go();
	return be.alive;
}

#endif
