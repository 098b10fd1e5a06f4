/*
 * NVMe controllers (NVM Express 1.4): their start, and each active namespace as
 * a disk.  One pair of I/O queues a controller; nvme_io.c uses it.
 */
#include "pvboot/hv/drivers/nvme.h"

#include <string.h>

#include "pvboot/hv/drivers/nvme_io.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

#define CAP_MQES(cap)	((cap) & 0xffff)
#define CAP_TO(cap)	((cap) >> 24 & 0xff)	/* of 500 ms */
#define CAP_DSTRD(hi)	((hi) & 15)
#define CAP_MPSMIN(hi)	((hi) >> 16 & 15)
#define CC_ENABLE	(6u << 16 | 4u << 20 | 1)	/* 64, 16 bytes */
#define CSTS_RDY	1u
#define CSTS_CFS	2u

enum { ADMIN_CREATE_SQ = 1, ADMIN_CREATE_CQ = 5, ADMIN_IDENTIFY = 6 };

void nvme_doorbell(struct nvme *n, const struct nvme_queue *q, bool cq,
		   unsigned value)
{
	n->reg[NVME_DOORBELLS + ((2 * q->id + cq) << n->stride)] = value;
}

static bool queue_init(struct nvme_queue *q, unsigned id)
{
	q->id = id;
	q->phase = 1;
	q->sq = memory_alloc(1);
	q->cq = memory_alloc(1);
	return q->sq && q->cq;
}

void nvme_put(struct nvme_queue *q, const struct nvme_command *c)
{
	q->sq[q->tail] = *c;
	q->tail = (q->tail + 1) % NVME_DEPTH;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

bool nvme_get(struct nvme_queue *q, struct nvme_completion *c)
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

/* Wait until the controller is READY, or not. */
static bool wait_ready(struct nvme *n, uint32_t ready)
{
	const uint32_t halves = CAP_TO(n->reg[NVME_CAP]) + 1;
	uint64_t end = time_now() + halves * 500000000ull;

	while ((n->reg[NVME_CSTS] & CSTS_RDY) != ready)
		if (n->reg[NVME_CSTS] & CSTS_CFS || time_now() > end)
			return false;
	return true;
}

/* It may write until it says that it has stopped (3.1.5). */
void nvme_give_up(struct nvme *n, const char *why)
{
	hv_log("nvme: %s: not used any more", why);
	n->dead = true;
	n->reg[NVME_CC] = 0;
	if (wait_ready(n, 0))
		return;
	hv_log("nvme: it does not stop");
	n->stuck = true;
}

/* An admin command, waited for.  After a timeout the controller is dead. */
static bool admin(struct nvme *n, struct nvme_command *c)
{
	struct nvme_completion done;
	uint64_t end = time_now() + 5000000000ull;

	if (n->dead)
		return false;
	nvme_put(&n->admin, c);
	nvme_doorbell(n, &n->admin, false, n->admin.tail);
	while (!nvme_get(&n->admin, &done))
		if (time_now() > end) {
			nvme_give_up(n, "it does not answer");
			return false;
		}
	nvme_doorbell(n, &n->admin, true, n->admin.head);
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

static bool start(struct nvme *n)
{
	n->stride = CAP_DSTRD(n->reg[NVME_CAP_HIGH]);
	if (CAP_MPSMIN(n->reg[NVME_CAP_HIGH]) ||
	    CAP_MQES(n->reg[NVME_CAP]) + 1 < NVME_DEPTH || n->stride > 2 ||
	    !queue_init(&n->admin, 0) || !queue_init(&n->io, 1))
		return false;
	n->reg[NVME_CC] = 0;
	if (!wait_ready(n, 0))
		return false;
	n->reg[NVME_AQA] = (NVME_DEPTH - 1) << 16 | (NVME_DEPTH - 1);
	n->reg[NVME_ASQ] = (uint32_t)va_ma(n->admin.sq);
	n->reg[NVME_ASQ + 1] = (uint32_t)(va_ma(n->admin.sq) >> 32);
	n->reg[NVME_ACQ] = (uint32_t)va_ma(n->admin.cq);
	n->reg[NVME_ACQ + 1] = (uint32_t)(va_ma(n->admin.cq) >> 32);
	n->reg[NVME_CC] = CC_ENABLE;
	return wait_ready(n, CSTS_RDY) && create_queues(n);
}

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
	d->disk.read_only = page[99] & 1;	/* NSATTR: write protected */
	if (n->discard)
		d->disk.discard_max = (uint64_t)UINT32_MAX >> (shift - 9) <<
			(shift - 9);
	d->disk.submit = nvme_io_submit;
	d->disk.poll = nvme_io_poll;
	d->disk.priv = d;
	d->nvme = n;
	d->ns = ns;
	if (disk_add(&d->disk))
		hv_log("%s: NVMe namespace %u, %lu sectors of %u%s%s",
		       d->disk.name, ns, d->disk.sectors >> (shift - 9),
		       d->disk.sector_size,
		       d->disk.read_only ? ", read-only" : "",
		       n->cache ? ", write cache" : "");
}

static bool add_all(struct nvme *n)
{
	uint8_t *page = memory_alloc(1);
	uint32_t *list = memory_alloc(1);

	if (!page || !list || !identify(n, 1, 0, page))
		return false;
	n->cache = page[525] & 1;
	n->discard = page[520] >> 2 & 1;	/* ONCS */
	n->max_pages = DISK_SEGS;
	if (page[77] && page[77] < 5)
		n->max_pages = 1u << page[77];
	if (!identify(n, 2, 0, list))
		return false;
	for (unsigned i = 0; i < 16 && list[i]; i++)
		add_namespace(n, list[i], page);
	if (n->dead)	/* it may still write to PAGE */
		return false;
	memory_free(page, 1);
	memory_free(list, 1);
	return true;
}

static bool knows(const struct pci_dev *p)
{
	return p->class == 0x010802;
}

static bool found(const struct pci_dev *p)
{
	const uint32_t len = (NVME_DOORBELLS + 16) * 4;
	struct pci_bar bar = pci_bar(p, 0);
	struct nvme *n;

	n = memory_alloc((sizeof(*n) + PAGE_SIZE - 1) / PAGE_SIZE);
	if (!n || bar.io || bar.size < len) {
		hv_log("nvme %x: not usable", p->address >> 8);
		return false;
	}
	pci_enable(p);
	n->reg = memory_mmio(bar.base, len);
	n->work.fn = nvme_io_run;
	n->work.arg = n;
	/* A controller may look at who is to be told when it makes a queue. */
	n->has_line = irq_register_pci(p, nvme_io_interrupt, n) < IRQ_MSI;
	if (!start(n) || !add_all(n)) {
		if (!n->dead)
			nvme_give_up(n, "it does not start");
		return false;
	}
	return true;
}

const struct pci_driver nvme_driver = { "nvme", knows, found };
