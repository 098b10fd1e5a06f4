/*
 * NVMe disks (NVM Express 1.4): one pair of I/O queues for the controller, each
 * active namespace a disk.  A request becomes as many commands as its pages
 * need: within one command only the first may begin and the last may end inside
 * a page (4.3).
 */
#include "pvboot/hv/drivers/nvme.h"

#include <string.h>

#include "pvboot/hv/machine/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/log.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/pci.h"
#include "pvboot/hv/machine/time.h"

/* Registers (3.1), as 32-bit words. */
enum { CAP = 0, CAP_HIGH = 1, INTMS = 3, INTMC = 4, CC = 5, CSTS = 7, AQA = 9,
       ASQ = 10, ACQ = 12, DOORBELLS = 1024 };
#define CAP_MQES(cap)	((cap) & 0xffff)
#define CAP_TO(cap)	((cap) >> 24 & 0xff)	/* of 500 ms */
#define CAP_DSTRD(hi)	((hi) & 15)
#define CAP_MPSMIN(hi)	((hi) >> 16 & 15)
#define CC_ENABLE	(6u << 16 | 4u << 20 | 1)	/* entries 64, 16 bytes */
#define CSTS_RDY	1u
#define CSTS_CFS	2u

enum { ADMIN_CREATE_SQ = 1, ADMIN_CREATE_CQ = 5, ADMIN_IDENTIFY = 6 };
enum { NVM_FLUSH = 0, NVM_WRITE = 1, NVM_READ = 2 };

static void doorbell(struct nvme *n, const struct nvme_queue *q, bool cq,
		     unsigned value)
{
	n->reg[DOORBELLS + ((2 * q->id + cq) << n->stride)] = value;
}

static bool queue_init(struct nvme_queue *q, unsigned id)
{
	q->id = id;
	q->phase = 1;
	q->sq = memory_alloc(1);
	q->cq = memory_alloc(1);
	return q->sq && q->cq;
}

/* Put C into Q; the caller rings the doorbell. */
static void queue_put(struct nvme_queue *q, const struct nvme_command *c)
{
	q->sq[q->tail] = *c;
	q->tail = (q->tail + 1) % NVME_DEPTH;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* The next completion; false when there is none. */
static bool queue_get(struct nvme_queue *q, struct nvme_completion *c)
{
	volatile struct nvme_completion *at = &q->cq[q->head];

	if ((at->status & 1) != q->phase)
		return false;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*c = (struct nvme_completion){ .id = at->id, .status = at->status };
	q->head = (q->head + 1) % NVME_DEPTH;
	q->phase ^= !q->head;
	return true;
}

/* An admin command, waited for. */
static bool admin(struct nvme *n, struct nvme_command *c)
{
	struct nvme_completion done;
	uint64_t end = time_now() + 5000000000ull;

	queue_put(&n->admin, c);
	doorbell(n, &n->admin, false, n->admin.tail);
	while (!queue_get(&n->admin, &done))
		if (time_now() > end)
			return false;
	doorbell(n, &n->admin, true, n->admin.head);
	return done.status >> 1 == 0;
}

static bool identify(struct nvme *n, uint32_t what, uint32_t ns, void *page)
{
	struct nvme_command c = {
		.op = ADMIN_IDENTIFY, .ns = ns, .prp = { va_ma(page), 0 },
		.dw = { what },
	};

	return admin(n, &c);
}

static bool create_queues(struct nvme *n)
{
	struct nvme_command cq = {
		.op = ADMIN_CREATE_CQ, .prp = { va_ma(n->io.cq), 0 },
		.dw = { n->io.id | (NVME_DEPTH - 1) << 16, 3 },
	}, sq = {
		.op = ADMIN_CREATE_SQ, .prp = { va_ma(n->io.sq), 0 },
		.dw = { n->io.id | (NVME_DEPTH - 1) << 16,
			1 | n->io.id << 16 },
	};

	return admin(n, &cq) && admin(n, &sq);
}

/* Wait until the controller is READY, or not. */
static bool wait_ready(struct nvme *n, uint32_t ready)
{
	uint64_t end = time_now() + (CAP_TO(n->reg[CAP]) + 1) * 500000000ull;

	while ((n->reg[CSTS] & CSTS_RDY) != ready)
		if (n->reg[CSTS] & CSTS_CFS || time_now() > end)
			return false;
	return true;
}

static bool start(struct nvme *n)
{
	n->stride = CAP_DSTRD(n->reg[CAP_HIGH]);
	if (CAP_MPSMIN(n->reg[CAP_HIGH]) ||
	    CAP_MQES(n->reg[CAP]) + 1 < NVME_DEPTH || n->stride > 2 ||
	    !queue_init(&n->admin, 0) || !queue_init(&n->io, 1))
		return false;
	n->reg[CC] = 0;
	if (!wait_ready(n, 0))
		return false;
	n->reg[AQA] = (NVME_DEPTH - 1) << 16 | (NVME_DEPTH - 1);
	n->reg[ASQ] = (uint32_t)va_ma(n->admin.sq);
	n->reg[ASQ + 1] = (uint32_t)(va_ma(n->admin.sq) >> 32);
	n->reg[ACQ] = (uint32_t)va_ma(n->admin.cq);
	n->reg[ACQ + 1] = (uint32_t)(va_ma(n->admin.cq) >> 32);
	n->reg[CC] = CC_ENABLE;
	return wait_ready(n, CSTS_RDY) && create_queues(n);
}

/* ---- requests ------------------------------------------------------------------ */

/* How many segments from FIRST on one command can have. */
static unsigned run_length(const struct nvme *n, const struct disk_request *r,
			   unsigned first)
{
	unsigned i = first + 1;

	while (i < r->n_segs && i - first < n->max_pages &&
	       (r->seg[i - 1].ma + r->seg[i - 1].len) % PAGE_SIZE == 0 &&
	       r->seg[i].ma % PAGE_SIZE == 0)
		i++;
	return i - first;
}

static unsigned commands_of(const struct nvme *n, const struct disk_request *r)
{
	unsigned count = 0;

	for (unsigned i = 0; i < r->n_segs; i += run_length(n, r, i))
		count++;
	return count ? count : 1;
}

static unsigned free_id(const struct nvme *n)
{
	unsigned id = 0;

	while (n->slot[id].request)
		id++;
	return id;
}

/* One command for COUNT segments of R from FIRST on, at SECTOR. */
static void send(struct nvme_disk *d, struct disk_request *r, unsigned first,
		 unsigned count, uint64_t sector)
{
	static const uint8_t ops[] = {
		[DISK_READ] = NVM_READ, [DISK_WRITE] = NVM_WRITE,
		[DISK_FLUSH] = NVM_FLUSH,
	};
	struct nvme *n = d->nvme;
	const unsigned unit = d->disk.sector_size / DISK_SECTOR;
	unsigned id = free_id(n);
	uint64_t *list = n->prp[id];
	struct nvme_command c = { .op = ops[r->op], .id = (uint16_t)id,
				  .ns = d->ns };
	uint32_t bytes = 0;

	for (unsigned i = 0; i < count; i++) {
		bytes += r->seg[first + i].len;
		if (i)
			list[i - 1] = r->seg[first + i].ma;
	}
	if (count) {
		c.prp[0] = r->seg[first].ma;
		c.prp[1] = count > 2 ? va_ma(list) : count > 1 ? list[0] : 0;
		c.dw[0] = (uint32_t)(sector / unit);
		c.dw[1] = (uint32_t)(sector / unit >> 32);
		c.dw[2] = bytes / d->disk.sector_size - 1;
	}
	n->slot[id].request = r;
	n->in_flight++;
	queue_put(&n->io, &c);
}

static bool submit(struct disk *disk, struct disk_request *r)
{
	struct nvme_disk *d = disk->priv;
	struct nvme *n = d->nvme;
	unsigned count, i = 0;
	uint64_t sector = r->sector;

	/* A queue is full with one entry less than it has. */
	if (commands_of(n, r) > NVME_DEPTH - 1 - n->in_flight)
		return false;
	do {
		count = r->n_segs ? run_length(n, r, i) : 0;
		send(d, r, i, count, sector);
		for (unsigned k = i; k < i + count; k++)
			sector += r->seg[k].len / DISK_SECTOR;
		i += count;
	} while (i < r->n_segs);
	if (n->dead)
		work_queue(&n->work);
	else
		doorbell(n, &n->io, false, n->io.tail);
	return true;
}

/* Command ID is done with; its request, when this was the last of it. */
static void finish(struct nvme *n, unsigned id, bool ok)
{
	struct disk_request *r = n->slot[id].request;
	bool bad = !ok || n->slot[id].bad;

	n->slot[id] = (struct nvme_slot){ NULL, false };
	n->in_flight--;
	for (unsigned i = 0; i < NVME_DEPTH; i++)
		if (n->slot[i].request == r) {
			n->slot[i].bad |= bad;
			return;
		}
	r->done(r, !bad);
}

static void drain(struct nvme *n)
{
	struct nvme_completion c;

	while (!n->dead && queue_get(&n->io, &c)) {
		if (c.id >= NVME_DEPTH || !n->slot[c.id].request) {
			hv_log("nvme: it answered what was not asked: "
			       "not used any more");
			n->dead = true;
			n->reg[CC] = 0;
			wait_ready(n, 0);
			break;
		}
		doorbell(n, &n->io, true, n->io.head);
		finish(n, c.id, !(c.status >> 1));
	}
	for (unsigned i = 0; n->dead && i < NVME_DEPTH; i++)
		if (n->slot[i].request)
			finish(n, i, false);
}

static void poll(struct disk *disk)
{
	drain(((struct nvme_disk *)disk->priv)->nvme);
}

static void run(struct work *w)
{
	struct nvme *n = w->arg;

	drain(n);
	n->reg[INTMC] = 1;
}

/* The line stays up until run() has drained the queue: mask it. */
static void interrupt(void *arg)
{
	struct nvme *n = arg;

	n->reg[INTMS] = 1;
	work_queue(&n->work);
}

/* ---- finding them ---------------------------------------------------------------- */

/* Identify namespace (5.15.2.1): its size and its sectors. */
static void add_namespace(struct nvme *n, uint32_t ns, uint8_t *page)
{
	struct nvme_disk *d;
	uint32_t format;
	unsigned shift;

	if (!identify(n, 0, ns, page))
		return;
	memcpy(&format, page + 128 + 4 * (page[26] & 15), sizeof(format));
	shift = format >> 16 & 0xff;
	d = memory_alloc(1);
	/* No metadata beside the data. */
	if (!d || format & 0xffff || shift < 9 || shift > 12) {
		hv_log("nvme namespace %u: not usable", ns);
		return;
	}
	memcpy(&d->disk.sectors, page, 8);
	if (d->disk.sectors > UINT64_MAX >> shift)
		return;
	d->disk.sectors <<= shift - 9;
	d->disk.sector_size = 1u << shift;
	d->disk.flush = n->cache;
	d->disk.submit = submit;
	d->disk.poll = poll;
	d->disk.priv = d;
	d->nvme = n;
	d->ns = ns;
	if (disk_add(&d->disk))
		hv_log("%s: NVMe namespace %u, %lu sectors of %u%s",
		       d->disk.name, ns, d->disk.sectors >> (shift - 9),
		       d->disk.sector_size, n->cache ? ", write cache" : "");
}

static bool add_all(struct nvme *n)
{
	uint8_t *page = memory_alloc(1);
	uint32_t *list = memory_alloc(1);

	if (!page || !list || !identify(n, 1, 0, page))
		return false;
	n->cache = page[525] & 1;
	n->max_pages = DISK_SEGS;
	if (page[77] && page[77] < 5)
		n->max_pages = 1u << page[77];
	if (!identify(n, 2, 0, list))
		return false;
	for (unsigned i = 0; i < 16 && list[i]; i++)
		add_namespace(n, list[i], page);
	memory_free(page, 1);
	memory_free(list, 1);
	return true;
}

void nvme_found(const struct pci_dev *p)
{
	const uint32_t len = (DOORBELLS + 16) * 4;
	struct pci_bar bar;
	struct nvme *n;
	unsigned irq;

	if (p->class != 0x010802)
		return;
	bar = pci_bar(p, 0);
	irq = pci_irq(p);
	n = memory_alloc((sizeof(*n) + PAGE_SIZE - 1) / PAGE_SIZE);
	if (!n || bar.io || bar.size < len || irq == 255) {
		hv_log("nvme %x: not usable", p->address >> 8);
		return;
	}
	pci_enable(p);
	n->reg = memory_mmio(bar.base, len);
	n->work.fn = run;
	n->work.arg = n;
	if (!start(n) || !add_all(n)) {
		hv_log("nvme %x: it does not start", p->address >> 8);
		n->reg[CC] = 0;
		return;
	}
	irq_register(irq, interrupt, n);
}
