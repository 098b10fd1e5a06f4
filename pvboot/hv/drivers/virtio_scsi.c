/*
 * The virtio SCSI host (virtio 1.0, section 5.6): each logical unit that scsi.c
 * knows is a disk.  One request queue; the control and the event queue are not
 * used.  A request is one chain: command and data out, response and data in.
 */
#include "pvboot/hv/drivers/virtio_scsi.h"

#include <linux/virtio_ids.h>
#include <linux/virtio_scsi.h>
#include <string.h>

#include "pvboot/hv/drivers/scsi.h"
#include "pvboot/hv/drivers/virtio_queue.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/work.h"

enum { REQUEST_QUEUE = 2, TRIES = 5, TARGETS = 256 };
#define WAIT_NS		(5 * 1000000000ull)

/* What the device reads and writes beside the data. */
struct header {
	struct virtio_scsi_cmd_req out;
	uint8_t pad[64 - sizeof(struct virtio_scsi_cmd_req)];
	struct virtio_scsi_cmd_resp in;
	uint8_t unmap[SCSI_UNMAP];
	uint8_t end[256 - 64 - SCSI_UNMAP -
		    sizeof(struct virtio_scsi_cmd_resp)];
};

_Static_assert(sizeof(struct header) == 256, "none crosses a page");

struct unit {
	struct disk disk;
	struct scsi_carrier carrier;
	struct virtio_scsi *host;
	uint8_t target;
	uint16_t lun;
};

struct slot {
	struct disk_request *request;	/* NULL: free */
	const struct unit *unit;
	uint8_t cdb[SCSI_CDB];
	unsigned tries;
	bool given;			/* the device has had it */
};

struct virtio_scsi {
	struct virtio v;
	struct virtio_queue queue;
	struct work work;
	struct header *header;		/* by slot */
	struct slot *slot;
	uint16_t *slot_of;		/* by the head of a chain */
};

static unsigned data_descs(const struct disk_request *r, struct header *h,
			   struct virtio_desc *d)
{
	if (r->op == DISK_DISCARD) {
		*d = (struct virtio_desc){ va_ma(h->unmap), SCSI_UNMAP, false };
		return 1;
	}
	for (unsigned i = 0; i < r->n_segs; i++)
		d[i] = (struct virtio_desc){ r->seg[i].ma, r->seg[i].len,
					     r->op == DISK_READ };
	return r->n_segs;
}

/* The command in slot I to the device; false when there is no room. */
static bool send(struct virtio_scsi *s, unsigned i)
{
	struct slot *slot = &s->slot[i];
	struct header *h = &s->header[i];
	struct virtio_desc d[DISK_SEGS + 2];
	unsigned n = 1, data;
	int head;

	memset(h, 0, sizeof(*h));
	h->out.lun[0] = 1;
	h->out.lun[1] = slot->unit->target;
	h->out.lun[2] = (uint8_t)(0x40 | slot->unit->lun >> 8);
	h->out.lun[3] = (uint8_t)slot->unit->lun;
	h->out.tag = i;
	memcpy(h->out.cdb, slot->cdb, SCSI_CDB);
	h->in.response = VIRTIO_SCSI_S_FAILURE;
	if (slot->request->op == DISK_DISCARD)
		scsi_unmap(h->unmap, &slot->unit->disk, slot->request);
	d[0] = (struct virtio_desc){ va_ma(&h->out), sizeof(h->out), false };
	if (slot->request->op == DISK_READ)
		d[n++] = (struct virtio_desc){ va_ma(&h->in), sizeof(h->in),
					       true };
	data = data_descs(slot->request, h, d + n);
	n += data;
	if (slot->request->op != DISK_READ)
		d[n++] = (struct virtio_desc){ va_ma(&h->in), sizeof(h->in),
					       true };
	head = virtio_queue_add(&s->queue, d, n);
	if (head < 0)
		return false;
	s->slot_of[head] = (uint16_t)i;
	slot->given = true;
	virtio_queue_kick(&s->queue);
	return true;
}

static bool begin(const struct unit *u, struct disk_request *r,
		  const uint8_t *cdb)
{
	struct virtio_scsi *s = u->host;
	unsigned i = 0;

	while (i < s->queue.descs && s->slot[i].request)
		i++;
	if (i == s->queue.descs)
		return false;
	s->slot[i] = (struct slot){ .request = r, .unit = u };
	memcpy(s->slot[i].cdb, cdb, SCSI_CDB);
	if (s->v.dead) {
		work_queue(&s->work);
		return true;
	}
	if (send(s, i))
		return true;
	s->slot[i].request = NULL;
	return false;
}

static bool submit(struct disk *disk, struct disk_request *r)
{
	uint8_t cdb[SCSI_CDB];

	scsi_cdb(cdb, disk, r);
	return begin(disk->priv, r, cdb);
}

static void finish(struct virtio_scsi *s, unsigned i)
{
	struct slot *slot = &s->slot[i];
	struct disk_request *r = slot->request;
	struct virtio_scsi_cmd_resp in = s->header[i].in;
	bool lost = s->v.stuck && slot->given, ok;

	ok = !s->v.dead && in.response == VIRTIO_SCSI_S_OK && !in.status;
	if (!s->v.dead && !ok &&
	    (in.response == VIRTIO_SCSI_S_BUSY ||
	     (in.response == VIRTIO_SCSI_S_OK &&
	      scsi_again(in.status, in.sense, in.sense_len))) &&
	    ++slot->tries < TRIES && send(s, i))
		return;
	slot->request = NULL;
	r->done(r, lost ? DISK_LOST : ok ? DISK_OK : DISK_FAILED);
}

static void drain(struct virtio_scsi *s)
{
	uint32_t len;
	int head;

	while ((head = virtio_queue_next(&s->queue, &len)) >= 0)
		finish(s, s->slot_of[head]);
	/* A dead device finishes nothing any more: all of it failed. */
	for (unsigned i = 0; s->v.dead && i < s->queue.descs; i++)
		if (s->slot[i].request)
			finish(s, i);
}

static void poll(struct disk *disk)
{
	drain(((struct unit *)disk->priv)->host);
}

static void run(struct work *w)
{
	drain(w->arg);
}

static bool interrupt(void *arg)
{
	struct virtio_scsi *s = arg;

	if (!virtio_interrupted(&s->v))
		return false;
	work_queue(&s->work);
	return true;
}

/* ---- finding them -------------------------------------------------------- */

struct waiting {
	struct disk_request request;
	bool done, ok;
	uint8_t data[SCSI_LUNS * 8 + 8];
};

static void wake(struct disk_request *r, enum disk_end end)
{
	struct waiting *w = r->arg;

	w->done = true;
	w->ok = end == DISK_OK;
}

/* A command, waited for; the device is killed when it does not answer. */
static bool read_now(struct scsi_carrier *c, const uint8_t cdb[SCSI_CDB],
		     void *data, uint32_t len)
{
	struct unit *u = (struct unit *)((uint8_t *)c -
					 offsetof(struct unit, carrier));
	struct waiting *w = memory_alloc(1);
	uint64_t end = time_now() + WAIT_NS;
	bool ok;

	if (!w || len > sizeof(w->data))
		return false;
	w->request = (struct disk_request){
		.op = DISK_READ, .n_segs = len ? 1 : 0,
		.seg = { { va_ma(w->data), len } }, .done = wake, .arg = w,
	};
	if (!begin(u, &w->request, cdb))
		return false;
	while (!w->done) {
		if (time_now() > end)
			virtio_kill(&u->host->v, "it does not answer");
		drain(u->host);
	}
	ok = w->ok;
	if (ok && len)
		memcpy(data, w->data, len);
	if (!u->host->v.stuck)	/* else it may still write there */
		memory_free(w, 1);
	return ok;
}

static bool add_unit(struct virtio_scsi *s, uint8_t target, uint16_t lun)
{
	struct unit *u = memory_alloc(1);
	enum scsi_unit kind;

	if (!u)
		return false;
	u->host = s;
	u->target = target;
	u->lun = lun;
	u->carrier.read = read_now;
	u->disk.submit = submit;
	u->disk.poll = poll;
	u->disk.priv = u;
	kind = scsi_identify(&u->carrier, &u->disk);
	if (kind != SCSI_DISK) {
		if (kind == SCSI_EMPTY)
			hv_log("virtio %x: target %u, LUN %u: no usable medium",
			       s->v.pci.address >> 8, target, lun);
		memory_free(u, 1);
		return false;
	}
	if (!disk_add(&u->disk))
		return false;
	hv_log("%s: virtio-scsi %x, target %u, LUN %u, %lu sectors of %u%s%s",
	       u->disk.name, s->v.pci.address >> 8, target, lun,
	       u->disk.sectors / (u->disk.sector_size / DISK_SECTOR),
	       u->disk.sector_size, u->disk.read_only ? ", read-only" : "",
	       u->disk.flush ? ", write cache" : "");
	return true;
}

/* Targets and their units in rising order. */
static bool scan(struct virtio_scsi *s, unsigned targets)
{
	struct unit *u = memory_alloc(1);
	uint16_t lun[SCSI_LUNS];
	unsigned n;
	bool any = false;

	if (!u)
		return false;
	u->host = s;
	u->carrier.read = read_now;
	for (unsigned t = 0; t < targets && !s->v.dead; t++) {
		u->target = (uint8_t)t;
		n = scsi_luns(&u->carrier, lun);
		for (unsigned i = 0; i < n; i++)
			any |= add_unit(s, (uint8_t)t, lun[i]);
	}
	memory_free(u, 1);
	return any;
}

static void *table(unsigned n, size_t size)
{
	return memory_alloc((unsigned)((n * size + PAGE_SIZE - 1) / PAGE_SIZE));
}

/* The sizes that we use are the standard's own: 96 of sense, 32 of command. */
static bool start(struct virtio_scsi *s, unsigned *targets)
{
	const struct virtio_scsi_config *c = NULL;
	struct virtio *v = &s->v;
	unsigned size;

	if (!virtio_features(v, 0) ||
	    virtio_config(v, (uintptr_t)&c->seg_max, 4) < DISK_SEGS ||
	    virtio_config(v, (uintptr_t)&c->max_sectors, 4) < DISK_SEGS * 8 ||
	    virtio_config(v, (uintptr_t)&c->sense_size, 4) !=
	    VIRTIO_SCSI_SENSE_DEFAULT_SIZE ||
	    virtio_config(v, (uintptr_t)&c->cdb_size, 4) !=
	    VIRTIO_SCSI_CDB_DEFAULT_SIZE ||
	    !virtio_queue_open(v, &s->queue, REQUEST_QUEUE, 128) ||
	    s->queue.descs < DISK_SEGS + 2)
		return false;
	*targets = (unsigned)virtio_config(v, (uintptr_t)&c->max_target, 2) + 1;
	if (*targets > TARGETS)
		*targets = TARGETS;
	size = s->queue.descs;
	s->header = table(size, sizeof(*s->header));
	s->slot = table(size, sizeof(*s->slot));
	s->slot_of = table(size, sizeof(*s->slot_of));
	if (!s->header || !s->slot || !s->slot_of)
		return false;
	virtio_start(v);
	return true;
}

static bool knows(const struct pci_dev *p)
{
	return virtio_is(p, VIRTIO_ID_SCSI);
}

static bool found(const struct pci_dev *p)
{
	struct virtio_scsi *s = memory_alloc(1);
	unsigned targets = 0;

	if (!s)
		return false;
	s->work.fn = run;
	s->work.arg = s;
	if (!virtio_open(&s->v, p, interrupt, s))
		return false;
	if (!start(s, &targets)) {
		virtio_kill(&s->v, "not started");
		return false;
	}
	if (!scan(s, targets)) {
		virtio_kill(&s->v, "no disks");
		return false;
	}
	return true;
}

const struct pci_driver virtio_scsi_driver = { "virtio-scsi", knows, found };
