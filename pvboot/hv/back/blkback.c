/*
 * Block requests: from the guest's ring to the disk and back.  The disk reads
 * and writes the guest's own frames: a frame stays granted (and so cannot
 * become a page table or be given away) until the disk has finished with it.
 * Every request is copied out of the ring, then checked, then used.
 */
#include "pvboot/hv/back/blkback.h"

#include <string.h>

#include "pvboot/hv/back/xenbus.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/log.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/memory/grant.h"

static bool writes_memory(const struct blk_io *io)
{
	return io->kind == BLKIF_OP_READ;
}

static void unmap(struct vbd_slot *s)
{
	for (unsigned i = 0; i < s->io.n; i++)
		if (s->page[i])
			grant_unmap(s->vbd->domain, s->io.seg[i].gref,
				    writes_memory(&s->io));
}

/* Answer the guest, and the slot is free again. */
static void answer(struct vbd_slot *s, int status)
{
	struct vbd *v = s->vbd;

	if (v->up)
		v->notify |= blkring_back_put(&v->ring, s->io.id, s->io.op,
					 (int16_t)status);
	s->next = v->free;
	v->free = s;
}

static void disk_done(struct disk_request *r, bool ok)
{
	struct vbd_slot *s = r->arg;
	struct blkback *b = s->vbd->domain->blkback;

	unmap(s);
	s->vbd->in_flight--;
	answer(s, ok ? BLKIF_RSP_OKAY : BLKIF_RSP_ERROR);
	work_queue(&b->work);
}

static bool read_segments(struct vbd_slot *s)
{
	struct domain *d = s->vbd->domain;
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

		s->page[i] = grant_map(s->vbd->domain, g->gref,
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

/* false: the disk has no room, S waits. */
static bool submit(struct vbd_slot *s)
{
	struct vbd *v = s->vbd;

	v->stalled = v->disk->submit(v->disk, &s->disk) ? NULL : s;
	return !v->stalled;
}

static enum disk_op disk_op(const struct blk_io *io)
{
	return io->kind == BLKIF_OP_READ ? DISK_READ :
		io->kind == BLKIF_OP_WRITE ? DISK_WRITE : DISK_FLUSH;
}

/* false: the disk takes no more for now. */
static bool start(struct vbd_slot *s, const union blkring_request *q)
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
		return true;
	}
	s->disk.op = disk_op(&s->io);
	s->disk.sector = v->first + s->io.sector;
	s->disk.done = disk_done;
	s->disk.arg = s;
	v->in_flight++;
	return submit(s);
}

/* Take requests while there are any, slots for them, and room in the disk. */
static void take(struct vbd *v)
{
	union blkring_request q;
	struct vbd_slot *s;
	int got;

	if (v->stalled && !submit(v->stalled))
		return;
	/* The guest may go on for ever: leave when each slot had its turn. */
	for (unsigned i = 0; i < 2 * VBD_SLOTS && v->up && v->free; i++) {
		got = blkring_back_get(&v->ring, &q);
		if (got < 0) {
			hv_log("%s: the guest broke the ring", v->back);
			v->broken = true;
			blkback_store_changed(v->domain);
		}
		if (got <= 0)
			return;
		s = v->free;
		v->free = s->next;
		if (!start(s, &q))
			return;
	}
	if (v->up && v->free)
		work_queue(&((struct blkback *)v->domain->blkback)->work);
}

static void run(struct work *w)
{
	struct blkback *b = w->arg;

	for (unsigned i = 0; i < b->n; i++) {
		struct vbd *v = b->vbd[i];

		take(v);
		if (!v->notify)
			continue;
		v->notify = false;
		evtchn_raise(v->domain, v->port);
	}
	if (b->store_changed)
		xenbus_run(b->domain);
}

void blkback_notify(struct domain *d, unsigned port)
{
	struct blkback *b = d->blkback;

	work_queue(&b->work);
}

void blkback_store_changed(struct domain *d)
{
	struct blkback *b = d->blkback;

	if (!b)
		return;
	b->store_changed = true;
	work_queue(&b->work);
}

bool blkback_update(struct domain *d)
{
	struct blkback *b = d->blkback;
	bool done = false;

	if (!b || !b->store_changed)
		return false;
	b->store_changed = false;
	for (unsigned i = 0; i < b->n; i++)
		done |= vbd_update(b->vbd[i]);
	return done;
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

bool blkback_init(struct domain *d)
{
	struct blkback *b = memory_alloc(1);

	if (!b) {
		hv_log("no memory for the block backend");
		return false;
	}
	b->domain = d;
	b->work.fn = run;
	b->work.arg = b;
	d->blkback = b;
	return true;
}
