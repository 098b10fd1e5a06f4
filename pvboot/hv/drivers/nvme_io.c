/*
 * Requests to an NVMe disk.  One becomes as many commands as its pages need:
 * within one command only the first may begin and the last may end inside a
 * page (4.3).  What the controller answers is checked.
 */
#include "pvboot/hv/drivers/nvme_io.h"

#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

enum { NVM_FLUSH = 0, NVM_WRITE = 1, NVM_READ = 2, NVM_DSM = 9 };
#define DSM_DEALLOCATE	4u

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
		[DISK_FLUSH] = NVM_FLUSH, [DISK_DISCARD] = NVM_DSM,
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
	if (r->op == DISK_DISCARD) {
		/* One range (6.7.1.1), in place of a list of pages. */
		list[0] = r->sectors / unit << 32;
		list[1] = r->sector / unit;
		c.prp[0] = va_ma(list);
		c.dw[1] = DSM_DEALLOCATE;
	}
	n->slot[id].request = r;
	n->slot[id].given = !n->dead;
	n->in_flight++;
	nvme_put(&n->io, &c);
}

bool nvme_io_submit(struct disk *disk, struct disk_request *r)
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
		nvme_doorbell(n, &n->io, false, n->io.tail);
	return true;
}

/* Command ID is done with; its request, when this was the last of it. */
static void finish(struct nvme *n, unsigned id, bool ok)
{
	struct disk_request *r = n->slot[id].request;
	const bool bad = !ok || n->slot[id].bad;
	const bool lost = n->stuck && n->slot[id].given;

	n->slot[id] = (struct nvme_slot){ 0 };
	n->in_flight--;
	for (unsigned i = 0; i < NVME_DEPTH; i++)
		if (n->slot[i].request == r) {
			n->slot[i].bad |= bad;
			return;
		}
	r->done(r, lost ? DISK_LOST : bad ? DISK_FAILED : DISK_OK);
}

static void drain(struct nvme *n)
{
	struct nvme_completion c;

	while (!n->dead && nvme_get(&n->io, &c)) {
		if (c.id >= NVME_DEPTH || !n->slot[c.id].request) {
			nvme_give_up(n, "it answered what was not asked");
			break;
		}
		nvme_doorbell(n, &n->io, true, n->io.head);
		finish(n, c.id, !(c.status >> 1));
	}
	for (unsigned i = 0; n->dead && i < NVME_DEPTH; i++)
		if (n->slot[i].request)
			finish(n, i, false);
}

void nvme_io_poll(struct disk *disk)
{
	drain(((struct nvme_disk *)disk->priv)->nvme);
}

void nvme_io_run(struct work *w)
{
	struct nvme *n = w->arg;

	drain(n);
	if (n->has_line)
		n->reg[NVME_INTMC] = 1;
}

/*
 * A line stays up until run() has drained the queue: it is masked.  With
 * messages the mask is nobody's to touch (3.1.3).
 */
bool nvme_io_interrupt(void *arg)
{
	struct nvme *n = arg;

	if (n->dead || (n->io.cq[n->io.head].status & 1) != n->io.phase)
		return false;
	if (n->has_line)
		n->reg[NVME_INTMS] = 1;
	work_queue(&n->work);
	return true;
}
