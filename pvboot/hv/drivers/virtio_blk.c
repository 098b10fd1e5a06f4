/*
 * The virtio block device (virtio 1.0, section 5.2) as a disk.  A request is
 * one chain: header, data, status.
 */
#include "pvboot/hv/drivers/virtio_blk.h"

#include <linux/virtio_blk.h>
#include <linux/virtio_ids.h>
#include <string.h>

#include "loader/base/fmt.h"
#include "pvboot/hv/drivers/disk.h"
#include "pvboot/hv/drivers/virtio_queue.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/work.h"

/* What the device reads and writes beside the data, by the chain's head. */
struct header {
	struct virtio_blk_outhdr out;
	struct virtio_blk_discard_write_zeroes discard;
	uint8_t status;
	bool given;		/* not the device's: it has had the chain */
	uint8_t pad[30];
};

_Static_assert(sizeof(struct header) == 64, "none crosses a page");

struct virtio_blk {
	struct disk disk;
	struct virtio v;
	struct virtio_queue queue;
	struct work work;
	struct header *header;		/* by the slot of a request */
	struct disk_request **request;	/* the same; NULL: free slot */
	uint16_t *slot;			/* by the head of a chain */
	uint32_t size_max, seg_max;
};

/* Data of R as descriptors, neighbours joined as far as the device allows. */
static unsigned data_descs(const struct virtio_blk *b, struct header *h,
			   const struct disk_request *r, struct virtio_desc *d)
{
	unsigned n = 0;

	if (r->op == DISK_DISCARD) {
		h->discard.sector = r->sector;
		h->discard.num_sectors = (uint32_t)r->sectors;
		h->discard.flags = 0;
		*d = (struct virtio_desc){ va_ma(&h->discard),
					   sizeof(h->discard), false };
		return 1;
	}
	for (unsigned i = 0; i < r->n_segs; i++) {
		const struct disk_seg *s = &r->seg[i];

		if (n && d[n - 1].ma + d[n - 1].len == s->ma &&
		    s->len <= b->size_max - d[n - 1].len) {
			d[n - 1].len += s->len;
			continue;
		}
		d[n++] = (struct virtio_desc){ s->ma, s->len,
					       r->op == DISK_READ };
	}
	return n;
}

static int free_slot(const struct virtio_blk *b)
{
	for (unsigned i = 0; i < b->queue.descs; i++)
		if (!b->request[i])
			return (int)i;
	return -1;
}

static uint32_t type_of(enum disk_op op)
{
	static const uint8_t types[] = {
		[DISK_READ] = VIRTIO_BLK_T_IN,
		[DISK_WRITE] = VIRTIO_BLK_T_OUT,
		[DISK_FLUSH] = VIRTIO_BLK_T_FLUSH,
		[DISK_DISCARD] = VIRTIO_BLK_T_DISCARD,
	};

	return types[op];
}

static bool submit(struct disk *disk, struct disk_request *r)
{
	struct virtio_blk *b = disk->priv;
	struct virtio_desc d[DISK_SEGS + 2];
	int slot = free_slot(b), head;
	struct header *h;
	unsigned n;

	if (slot < 0)
		return false;
	h = &b->header[slot];
	h->out.type = type_of(r->op);
	h->out.ioprio = 0;
	h->out.sector = r->op == DISK_READ || r->op == DISK_WRITE ?
		r->sector : 0;
	h->status = VIRTIO_BLK_S_IOERR;
	d[0] = (struct virtio_desc){ va_ma(&h->out), sizeof(h->out), false };
	n = 1 + data_descs(b, h, r, d + 1);
	d[n++] = (struct virtio_desc){ va_ma(&h->status), 1, true };
	b->request[slot] = r;
	h->given = !b->v.dead;
	if (b->v.dead) {
		work_queue(&b->work);
		return true;
	}
	head = virtio_queue_add(&b->queue, d, n);
	if (head < 0) {
		b->request[slot] = NULL;
		return false;
	}
	b->slot[head] = (uint16_t)slot;
	virtio_queue_kick(&b->queue);
	return true;
}

static void finish(struct virtio_blk *b, unsigned slot)
{
	struct disk_request *r = b->request[slot];
	uint8_t status = *(volatile uint8_t *)&b->header[slot].status;
	bool lost = b->v.stuck && b->header[slot].given;

	b->request[slot] = NULL;
	r->done(r, lost ? DISK_LOST : !b->v.dead &&
		status == VIRTIO_BLK_S_OK ? DISK_OK : DISK_FAILED);
}

static void poll(struct disk *disk)
{
	struct virtio_blk *b = disk->priv;
	uint32_t len;
	int head;

	while ((head = virtio_queue_next(&b->queue, &len)) >= 0)
		finish(b, b->slot[head]);
	/* A dead device finishes nothing any more: all of it failed. */
	for (unsigned i = 0; b->v.dead && i < b->queue.descs; i++)
		if (b->request[i])
			finish(b, i);
}

static void run(struct work *w)
{
	poll(w->arg);
}

static bool interrupt(void *arg)
{
	struct virtio_blk *b = arg;

	if (!virtio_interrupted(&b->v))
		return false;
	work_queue(&b->work);
	return true;
}

/* 5.2.5: sectors in one discard; whole ones of the disk's own size. */
static uint64_t discard_max(struct virtio_blk *b)
{
	const struct virtio_blk_config *c = NULL;
	uint64_t max = virtio_config(&b->v,
				     (uintptr_t)&c->max_discard_sectors, 4);

	if (!virtio_config(&b->v, (uintptr_t)&c->max_discard_seg, 4))
		return 0;
	return max & ~(uint64_t)(b->disk.sector_size / DISK_SECTOR - 1);
}

static bool configure(struct virtio_blk *b)
{
	struct virtio *v = &b->v;
	struct disk *d = &b->disk;
	const struct virtio_blk_config *c = NULL;
	uint64_t f;

	if (!virtio_features(v, 1ull << VIRTIO_BLK_F_SIZE_MAX |
			     1ull << VIRTIO_BLK_F_SEG_MAX |
			     1ull << VIRTIO_BLK_F_RO |
			     1ull << VIRTIO_BLK_F_BLK_SIZE |
			     1ull << VIRTIO_BLK_F_FLUSH |
			     1ull << VIRTIO_BLK_F_DISCARD))
		return false;
	f = v->features;
	d->sectors = virtio_config(v, (uintptr_t)&c->capacity, 8);
	d->sector_size = DISK_SECTOR;
	if (f >> VIRTIO_BLK_F_BLK_SIZE & 1)
		d->sector_size = (uint32_t)virtio_config(
			v, (uintptr_t)&c->blk_size, 4);
	d->read_only = f >> VIRTIO_BLK_F_RO & 1;
	d->flush = f >> VIRTIO_BLK_F_FLUSH & 1;
	if (f >> VIRTIO_BLK_F_DISCARD & 1)
		d->discard_max = discard_max(b);
	b->size_max = UINT32_MAX;
	if (f >> VIRTIO_BLK_F_SIZE_MAX & 1)
		b->size_max = (uint32_t)virtio_config(
			v, (uintptr_t)&c->size_max, 4);
	/* Without the feature one segment is all that is promised; nobody
	 * means that, and a queue of that many is enough. */
	b->seg_max = DISK_SEGS;
	if (f >> VIRTIO_BLK_F_SEG_MAX & 1)
		b->seg_max = (uint32_t)virtio_config(
			v, (uintptr_t)&c->seg_max, 4);
	if (d->sector_size < DISK_SECTOR || d->sector_size > PAGE_SIZE ||
	    d->sector_size & (d->sector_size - 1) ||
	    d->sectors > UINT64_MAX / DISK_SECTOR ||
	    b->size_max < PAGE_SIZE || b->seg_max < DISK_SEGS) {
		hv_log("virtio %x: sectors of %u, %u segments of %u: not taken",
		       v->pci.address >> 8, d->sector_size, b->seg_max,
		       b->size_max);
		return false;
	}
	return true;
}

/* N entries of SIZE bytes, zero. */
static void *table(unsigned n, size_t size)
{
	return memory_alloc((unsigned)((n * size + PAGE_SIZE - 1) / PAGE_SIZE));
}

static bool start(struct virtio_blk *b)
{
	if (!virtio_queue_open(&b->v, &b->queue, 0, 256) ||
	    b->queue.descs < DISK_SEGS + 2)
		return false;
	b->header = table(b->queue.descs, sizeof(*b->header));
	b->request = table(b->queue.descs, sizeof(*b->request));
	b->slot = table(b->queue.descs, sizeof(*b->slot));
	if (!b->header || !b->request || !b->slot)
		return false;
	virtio_start(&b->v);
	return true;
}

static bool knows(const struct pci_dev *p)
{
	return virtio_is(p, VIRTIO_ID_BLOCK);
}

static bool found(const struct pci_dev *p)
{
	struct virtio_blk *b = table(1, sizeof(*b));

	if (!b)
		return false;
	b->disk.submit = submit;
	b->disk.poll = poll;
	b->disk.priv = b;
	b->work.fn = run;
	b->work.arg = &b->disk;
	if (!virtio_open(&b->v, p, interrupt, b))
		return false;
	if (!configure(b) || !start(b) || !disk_add(&b->disk)) {
		virtio_kill(&b->v, "not started");
		return false;
	}
	hv_log("%s: virtio-blk%s %x, %lu sectors of %u%s%s, %s",
	       b->disk.name, b->v.modern ? "" : " (legacy)", p->address >> 8,
	       b->disk.sectors * DISK_SECTOR / b->disk.sector_size,
	       b->disk.sector_size, b->disk.read_only ? ", read-only" : "",
	       b->disk.flush ? ", write cache" : "",
	       irq_way_name[b->v.way]);
	return true;
}

const struct pci_driver virtio_blk_driver = { "virtio-blk", knows, found };
