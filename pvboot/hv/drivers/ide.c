/*
 * IDE disks by bus-master DMA (ATA8-ACS; Programming Interface for Bus Master
 * IDE Controller 1.0): QEMU's default disk.  The controller reaches only 32-bit
 * addresses and has one command at a time, so data goes through a buffer of
 * ours and requests wait in a list.
 */
#include "pvboot/hv/drivers/ide.h"

#include <string.h>

#include "pvboot/hv/drivers/ata.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/pci.h"
#include "pvboot/hv/machine/work.h"

#define CLASS_IDE	0x0101		/* base and sub class */
#define IF_BUS_MASTER	0x80

/* Command block registers; the control block has the status at +2. */
enum { R_DATA = 0, R_FEATURES = 1, R_COUNT = 2, R_LBA = 3, R_DEVICE = 6,
       R_STATUS = 7 };
#define ST_BUSY		0x80
#define ST_FAULT	0x20
#define ST_DATA		0x08
#define ST_ERROR	0x01
#define DEVICE_LBA	0x40
#define NO_IRQ		0x02

/* Bus master registers of a channel. */
enum { BM_COMMAND = 0, BM_STATUS = 2, BM_TABLE = 4 };
#define BM_START	0x01
#define BM_TO_MEMORY	0x08
#define BM_ERROR	0x02
#define BM_IRQ		0x04

#define PRD_END		0x80000000u

struct prd {
	uint32_t address, bytes;
};

struct ide_channel {
	uint16_t command, control, bm;
	struct work work;
	bool interrupted;
	struct disk_request *first, **last;	/* the first is being done */
	uint8_t *buffer;	/* DISK_SEGS pages */
	struct prd *prd;
};

struct ide_disk {
	struct disk disk;
	struct ide_channel *channel;
	uint8_t device;		/* 0 or 0x10: the second on the cable */
};

/* Status when the device is no longer busy; ST_BUSY when it stays so. */
static uint8_t settle(const struct ide_channel *c)
{
	uint64_t end = time_now() + 5000000000ull;
	uint8_t status;

	do
		status = inb((uint16_t)(c->control + 2));
	while (status & ST_BUSY && time_now() < end);
	return status;
}

static void select(const struct ide_channel *c, uint8_t device)
{
	outb((uint16_t)(c->command + R_DEVICE), DEVICE_LBA | device);
	/* 400 ns until the status is the selected one's: 7.15.6.3. */
	for (unsigned i = 0; i < 4; i++)
		inb((uint16_t)(c->control + 2));
}

static void write_lba(const struct ide_channel *c, uint64_t lba, uint32_t count)
{
	/* Each register holds two bytes: the earlier one is the higher. */
	outb((uint16_t)(c->command + R_COUNT), (uint8_t)(count >> 8));
	for (unsigned i = 0; i < 3; i++)
		outb((uint16_t)(c->command + R_LBA + i),
		     (uint8_t)(lba >> (8 * i + 24)));
	outb((uint16_t)(c->command + R_COUNT), (uint8_t)count);
	for (unsigned i = 0; i < 3; i++)
		outb((uint16_t)(c->command + R_LBA + i),
		     (uint8_t)(lba >> (8 * i)));
}

/* The data of R between its segments and our buffer; how many bytes. */
static uint32_t copy(struct ide_channel *c, struct disk_request *r, bool out)
{
	uint32_t at = 0;

	for (unsigned i = 0; i < r->n_segs; at += r->seg[i++].len) {
		if (out)
			memcpy(c->buffer + at, ma_va(r->seg[i].ma),
			       r->seg[i].len);
		else
			memcpy(ma_va(r->seg[i].ma), c->buffer + at,
			       r->seg[i].len);
	}
	return at;
}

static uint32_t request_bytes(const struct disk_request *r)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < r->n_segs; i++)
		n += r->seg[i].len;
	return n;
}

/* A table of pages: none crosses 64 KiB. */
static void point_dma(struct ide_channel *c, uint32_t bytes)
{
	unsigned n = 0;

	for (uint32_t at = 0; at < bytes; at += PAGE_SIZE, n++) {
		c->prd[n].address = (uint32_t)va_ma(c->buffer + at);
		c->prd[n].bytes = bytes - at < PAGE_SIZE ? bytes - at :
			(uint32_t)PAGE_SIZE;
	}
	c->prd[n - 1].bytes |= PRD_END;
	outl((uint16_t)(c->bm + BM_TABLE), (uint32_t)va_ma(c->prd));
}

/* Give the drive the first request of the list. */
static void begin(struct ide_channel *c)
{
	struct disk_request *r = c->first;
	const struct ide_disk *d = r->driver;
	uint8_t direction = r->op == DISK_READ ? BM_TO_MEMORY : 0;
	uint32_t bytes = request_bytes(r);

	c->interrupted = false;
	select(c, d->device);
	outb((uint16_t)(c->bm + BM_STATUS), BM_ERROR | BM_IRQ);
	if (r->op == DISK_FLUSH) {
		outb((uint16_t)(c->command + R_STATUS), ATA_FLUSH);
		return;
	}
	if (r->op == DISK_WRITE)
		copy(c, r, true);
	if (r->op == DISK_DISCARD) {
		ata_ranges((uint64_t *)c->buffer, &d->disk, r);
		bytes = DISK_SECTOR;
		outb((uint16_t)(c->command + R_FEATURES), ATA_DSM_TRIM);
	}
	point_dma(c, bytes);
	outb((uint16_t)(c->bm + BM_COMMAND), direction);
	write_lba(c, r->op == DISK_DISCARD ? 0 : r->sector,
		  bytes / DISK_SECTOR);
	outb((uint16_t)(c->command + R_STATUS), ata_command(r->op));
	outb((uint16_t)(c->bm + BM_COMMAND), direction | BM_START);
}

static bool submit(struct disk *disk, struct disk_request *r)
{
	struct ide_disk *d = disk->priv;
	struct ide_channel *c = d->channel;
	bool idle = !c->first;

	r->driver = d;
	r->next = NULL;
	*c->last = r;
	c->last = &r->next;
	if (idle)
		begin(c);
	return true;
}

/* Has the drive done with the first request?  Then it is answered. */
static void check(struct ide_channel *c)
{
	struct disk_request *r = c->first;
	uint8_t bm = inb((uint16_t)(c->bm + BM_STATUS)), status;
	bool ok;

	if (!r || (!c->interrupted && !(bm & BM_IRQ)))
		return;
	status = inb((uint16_t)(c->command + R_STATUS));
	if (status & ST_BUSY)
		return;
	outb((uint16_t)(c->bm + BM_COMMAND), 0);
	outb((uint16_t)(c->bm + BM_STATUS), BM_ERROR | BM_IRQ);
	ok = !(status & (ST_ERROR | ST_FAULT)) && !(bm & BM_ERROR);
	if (ok && r->op == DISK_READ)
		copy(c, r, false);
	c->first = r->next;
	if (!c->first)
		c->last = &c->first;
	else
		begin(c);
	r->done(r, ok ? DISK_OK : DISK_FAILED);
}

static void poll(struct disk *disk)
{
	check(((struct ide_disk *)disk->priv)->channel);
}

static void run(struct work *w)
{
	check(w->arg);
}

/* Reading the status register takes the interrupt away. */
static bool interrupt(void *arg)
{
	struct ide_channel *c = arg;

	if (!(inb((uint16_t)(c->bm + BM_STATUS)) & BM_IRQ))
		return false;
	inb((uint16_t)(c->command + R_STATUS));
	c->interrupted = true;
	work_queue(&c->work);
	return true;
}

/* ---- finding them -------------------------------------------------------- */

/* IDENTIFY DEVICE (7.12) by programmed I/O; false when there is no disk. */
static bool identify(const struct ide_channel *c, uint8_t device, uint16_t *id)
{
	uint8_t status;

	select(c, device);
	status = inb((uint16_t)(c->control + 2));
	if (!status || status == 0xff)
		return false;
	write_lba(c, 0, 0);
	outb((uint16_t)(c->command + R_STATUS), ATA_IDENTIFY);
	status = settle(c);
	/* A packet device has left its signature in the LBA registers. */
	if (status & (ST_BUSY | ST_ERROR | ST_FAULT) || !(status & ST_DATA) ||
	    inb((uint16_t)(c->command + R_LBA + 1)))
		return false;
	for (unsigned i = 0; i < 256; i++)
		id[i] = inw((uint16_t)(c->command + R_DATA));
	return true;
}

static bool prepare(struct ide_channel *c)
{
	if (c->buffer)
		return true;
	c->buffer = memory_alloc(DISK_SEGS);
	c->prd = memory_alloc(1);
	c->last = &c->first;
	c->work.fn = run;
	c->work.arg = c;
	return c->buffer && c->prd;
}

static bool add_disk(struct ide_channel *c, uint8_t device)
{
	struct ide_disk *d;
	uint16_t id[256];

	if (!identify(c, device, id))
		return false;
	d = memory_alloc(1);
	if (!d || !prepare(c) || !ata_identity(&d->disk, id) ||
	    d->disk.sector_size != DISK_SECTOR) {
		hv_log("ide %x: a disk that is not usable", c->command);
		return false;
	}
	d->disk.submit = submit;
	d->disk.poll = poll;
	d->disk.priv = d;
	d->channel = c;
	d->device = device;
	if (!disk_add(&d->disk))
		return false;
	hv_log("%s: IDE %x, %lu sectors%s", d->disk.name, c->command,
	       d->disk.sectors, d->disk.flush ? ", write cache" : "");
	return true;
}

static bool knows(const struct pci_dev *p)
{
	return p->class >> 8 == CLASS_IDE && p->class & IF_BUS_MASTER;
}

static bool found(const struct pci_dev *p)
{
	static const uint16_t command[2] = { 0x1f0, 0x170 };
	static const uint16_t control[2] = { 0x3f4, 0x374 };
	struct pci_bar bm = pci_bar(p, 4);
	struct ide_channel *c;
	bool any, all = false;

	if (!bm.io || bm.size < 16)
		return false;
	pci_enable(p);
	for (unsigned i = 0; i < 2; i++) {
		/* A channel in native mode (bits 0, 2) is another driver's. */
		c = memory_alloc(1);
		if (p->class >> (2 * i) & 1 || !c)
			continue;
		c->command = command[i];
		c->control = control[i];
		c->bm = (uint16_t)(bm.base + 8 * i);
		outb((uint16_t)(c->control + 2), NO_IRQ);
		any = add_disk(c, 0);
		any |= add_disk(c, 0x10);
		all |= any;
		outb((uint16_t)(c->control + 2), 0);
		if (any)
			irq_register(14 + i, IRQ_ISA, interrupt, c);
		else
			memory_free(c, 1);
	}
	return all;
}

const struct pci_driver ide_driver = { "ide", knows, found };
