/*
 * Block requests: from the guest's ring to the disk and back.  The disk reads
 * and writes the guest's own frames: a frame stays granted (and so cannot
 * become a page table or be given away) until the disk has finished with it.
 * Every request is copied out of the ring, then checked, then used.
 */
#include "pvboot/hv/back/blkback.h"

#include <string.h>

#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/memory/grant.h"

static bool writes_memory(const struct blk_io *io)
{
	return io->kind == BLKIF_OP_READ;
}

static void unmap(struct vbd_slot *s)
{
	for (unsigned i = 0; i < s->io.n; i++)
		if (s->page[i])
			grant_unmap(s->vbd->b.domain, s->io.seg[i].gref,
				    writes_memory(&s->io));
}

/* Answer the guest, and the slot is free again. */
static void answer(struct vbd_slot *s, int status)
{
	struct vbd *v = s->vbd;

	if (v->b.up)
		v->b.notify |= blkring_back_put(&v->ring, s->io.id, s->io.op,
						(int16_t)status);
	s->next = v->free;
	v->free = s;
}

/* A discard may be longer than what the disk takes at once. */
static void next_discard(struct vbd_slot *s)
{
	const uint64_t left = s->io.discard - s->discarded;
	const uint64_t max = s->vbd->disk->discard_max;

	s->disk.sector = s->vbd->first + s->io.sector + s->discarded;
	s->disk.sectors = left < max ? left : max;
	s->discarded += s->disk.sectors;
}

/* What the disk has no room for waits. */
static void submit(struct vbd_slot *s)
{
	struct vbd *v = s->vbd;

	if (v->disk->submit(v->disk, &s->disk))
		return;
	s->next = v->stalled;
	v->stalled = s;
}

static void disk_done(struct disk_request *r, enum disk_end end)
{
	struct vbd_slot *s = r->arg;
	struct vbd *v = s->vbd;

	backend_work(v->b.domain);
	if (end == DISK_OK && v->b.up && s->discarded < s->io.discard) {
		next_discard(s);
		submit(s);
		return;
	}
	/* What the disk may still write to stays held, for ever. */
	if (end != DISK_LOST)
		unmap(s);
	v->in_flight--;
	answer(s, end == DISK_OK ? BLKIF_RSP_OKAY : BLKIF_RSP_ERROR);
}

static bool read_segments(struct vbd_slot *s)
{
	struct domain *d = s->vbd->b.domain;
	void *page = grant_map(d, s->io.ref, false);

	if (!page)
		return false;
	memcpy(s->io.seg, page, s->io.n * sizeof(s->io.seg[0]));
	grant_unmap(d, s->io.ref, false);
	return true;
}

/* The guest's pages as the disk's segments. */
static bool map(struct vbd_slot *s)
{
	struct disk_request *r = &s->disk;

	memset(s->page, 0, sizeof(s->page));
	for (unsigned i = 0; i < s->io.n; i++) {
		const struct blkif_request_segment *g = &s->io.seg[i];

		s->page[i] = grant_map(s->vbd->b.domain, g->gref,
				       writes_memory(&s->io));
		if (!s->page[i]) {
			unmap(s);
			return false;
		}
		r->seg[i].ma = va_ma(s->page[i]) + g->first_sect * DISK_SECTOR;
		r->seg[i].len = (g->last_sect - g->first_sect + 1u) *
			DISK_SECTOR;
	}
	r->n_segs = s->io.n;
	return true;
}

static enum disk_op disk_op(const struct blk_io *io)
{
	static const uint8_t ops[] = {
		[BLKIF_OP_READ] = DISK_READ,
		[BLKIF_OP_WRITE] = DISK_WRITE,
		[BLKIF_OP_FLUSH_DISKCACHE] = DISK_FLUSH,
		[BLKIF_OP_DISCARD] = DISK_DISCARD,
	};

	return ops[io->kind];
}

static void start(struct vbd_slot *s, const union blkring_request *q)
{
	struct vbd *v = s->vbd;
	int status = blkring_back_parse(q, &s->io);

	if (!status && s->io.indirect && !read_segments(s))
		status = BLKIF_RSP_ERROR;
	if (!status)
		status = blkring_back_check(&s->io, &v->limits);
	if (!status && !map(s))
		status = BLKIF_RSP_ERROR;
	if (status) {
		answer(s, status);
		return;
	}
	s->disk.op = disk_op(&s->io);
	s->disk.sector = v->first + s->io.sector;
	s->disk.done = disk_done;
	s->disk.arg = s;
	s->discarded = 0;
	if (s->disk.op == DISK_DISCARD)
		next_discard(s);
	v->in_flight++;
	submit(s);
}

static void retry_stalled(struct vbd *v)
{
	struct vbd_slot *s = v->stalled, *next;

	v->stalled = NULL;
	for (; s; s = next) {
		next = s->next;
		submit(s);
	}
}

void blkback_drop_stalled(struct vbd *v)
{
	struct vbd_slot *s = v->stalled, *next;

	/* Never submitted: the disk knows nothing of them. */
	v->stalled = NULL;
	for (; s; s = next) {
		next = s->next;
		s->disk.done(&s->disk, DISK_FAILED);
	}
}

/* Take requests while there are any, slots for them, and room in the disk. */
void blkback_run(struct backend *b)
{
	struct vbd *v = (struct vbd *)b;
	union blkring_request q;
	struct vbd_slot *s;
	int got;

	retry_stalled(v);
	/* The guest may go on for ever: leave when each slot had its turn. */
	for (unsigned i = 0; i < 2 * VBD_SLOTS; i++) {
		if (!b->up || b->broken || v->stalled || !v->free)
			return;
		got = blkring_back_get(&v->ring, &q);
		if (got < 0)
			backend_broken(b, "the ring");
		if (got <= 0)
			return;
		s = v->free;
		v->free = s->next;
		start(s, &q);
	}
	backend_work(b->domain);
}

bool blkback_slots(struct vbd *v)
{
	const size_t size = VBD_SLOTS * sizeof(struct vbd_slot);
	struct vbd_slot *s = memory_alloc((unsigned)((size + PAGE_SIZE - 1) /
						   PAGE_SIZE));

	for (unsigned i = 0; s && i < VBD_SLOTS; i++) {
		s[i].vbd = v;
		s[i].next = v->free;
		v->free = &s[i];
	}
	return s;
}
