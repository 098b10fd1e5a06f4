/*
 * The table of disks, modules in memory as disks, and the way for the
 * partition reader (which waits) to read a disk (which does not).
 */
#include "pvboot/hv/drivers/disk.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "pvboot/hv/drivers/ahci.h"
#include "pvboot/hv/drivers/ide.h"
#include "pvboot/hv/drivers/nvme.h"
#include "pvboot/hv/drivers/virtio_blk.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/work.h"

struct disk *disk_table[DISK_MAX];
unsigned disk_count;

bool disk_add(struct disk *d)
{
	if (disk_count == DISK_MAX) {
		hv_log("more than %u disks", DISK_MAX);
		return false;
	}
	fmt(d->name, sizeof(d->name), "hd%u", disk_count);
	disk_table[disk_count++] = d;
	return true;
}

/* ---- a disk in memory ---------------------------------------------------- */

struct ram_disk {
	struct disk disk;
	struct work work;
	struct disk_request *first;	/* done but for telling */
	const uint8_t *data;
};

static bool ram_submit(struct disk *d, struct disk_request *r)
{
	struct ram_disk *m = d->priv;
	const uint8_t *from = m->data + r->sector * DISK_SECTOR;

	for (unsigned i = 0; r->op == DISK_READ && i < r->n_segs; i++) {
		memcpy(ma_va(r->seg[i].ma), from, r->seg[i].len);
		from += r->seg[i].len;
	}
	r->next = m->first;
	m->first = r;
	work_queue(&m->work);
	return true;
}

static void ram_poll(struct disk *d)
{
	struct ram_disk *m = d->priv;

	while (m->first) {
		struct disk_request *r = m->first;

		m->first = r->next;
		r->done(r, r->op == DISK_READ ? DISK_OK : DISK_FAILED);
	}
}

static void ram_run(struct work *w)
{
	ram_poll(w->arg);
}

struct disk *disk_add_ram(uint64_t ma, uint64_t len)
{
	struct ram_disk *m = memory_alloc(1);

	if (!m)
		return NULL;
	m->data = ma_va(ma);
	m->disk.sectors = len / DISK_SECTOR;
	m->disk.sector_size = DISK_SECTOR;
	m->disk.read_only = true;
	m->disk.submit = ram_submit;
	m->disk.poll = ram_poll;
	m->disk.priv = m;
	m->work.fn = ram_run;
	m->work.arg = &m->disk;
	if (!disk_add(&m->disk))
		return NULL;
	hv_log("%s: a module, %lu sectors", m->disk.name, m->disk.sectors);
	return &m->disk;
}

/* ---- for the partition reader -------------------------------------------- */

#define WAIT_NS		(10 * 1000000000ull)

struct waiting {
	struct blk blk;
	struct disk *disk;
	struct disk_request request;
	bool done, ok;
	void *page;		/* what the disk writes to */
};

static void wake(struct disk_request *r, enum disk_end end)
{
	struct waiting *w = r->arg;

	w->done = true;
	w->ok = end == DISK_OK;
}

static bool read_page(struct waiting *w, uint64_t sector, uint32_t len)
{
	uint64_t end = time_now() + WAIT_NS;

	w->request = (struct disk_request){
		.op = DISK_READ,
		.sector = sector,
		.n_segs = 1,
		.seg = { { va_ma(w->page), len } },
		.done = wake,
		.arg = w,
	};
	w->done = w->ok = false;
	if (!w->disk->submit(w->disk, &w->request))
		return false;
	while (!w->done && time_now() < end)
		w->disk->poll(w->disk);
	/* It may still come and write: what it writes to is lost to us. */
	if (!w->done)
		panic("%s: no answer in %u s", w->disk->name,
		      (unsigned)(WAIT_NS / 1000000000));
	return w->ok;
}

static int wait_read(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	struct waiting *w = b->priv;
	uint64_t left = (uint64_t)n * b->sector;
	uint64_t sector = lba * (b->sector / DISK_SECTOR);
	uint8_t *to = buf;

	while (left) {
		uint32_t len = left < PAGE_SIZE ? (uint32_t)left : PAGE_SIZE;

		if (!read_page(w, sector, len))
			return fail(ERR_READ, "%s, sector %lu", b->name,
				    sector);
		memcpy(to, w->page, len);
		to += len;
		sector += len / DISK_SECTOR;
		left -= len;
	}
	return 0;
}

struct blk *disk_blk(struct disk *d)
{
	struct waiting *w = memory_alloc(1);

	if (!w)
		return NULL;
	w->page = memory_alloc(1);
	if (!w->page)
		return NULL;
	w->disk = d;
	memcpy(w->blk.name, d->name, sizeof(d->name));
	w->blk.sector = d->sector_size;
	w->blk.count = d->sectors / (d->sector_size / DISK_SECTOR);
	w->blk.read = wait_read;
	w->blk.priv = w;
	return &w->blk;
}
