/*
 * Disks by INT 13h with its extensions (EDD 3.0).  Reads go through one
 * buffer below 1 MiB, as large as the firmware takes them.
 */
#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/bios_facts.h"
#include "mbr/bios/bios.h"

#define DISKS BIOS_DRIVES

struct bios_disk {
	struct blk blk;
	uint8_t drive;
	uint32_t most;		/* sectors in one request */
};

/* EDD 3.0, 5.2: disk address packet */
struct packet {
	uint8_t size, zero;
	uint16_t count, off, seg;
	uint64_t lba;
} __attribute__((packed));

/* EDD 3.0, 5.8: the result of AH=48h, as far as everybody has it */
struct params {
	uint16_t size, flags;
	uint32_t cylinders, heads, sectors_per_track;
	uint64_t sectors;
	uint16_t sector_size;
} __attribute__((packed));

static struct packet packet;
static uint8_t numbers[DISKS];	/* of hd0, hd1, ... */
static unsigned n_numbers;

#define FAILED 0x100	/* beside the firmware's status, which may be 0 */

/* AH=42h reads into the buffer, 43h writes from it. */
static unsigned try(struct bios_disk *d, uint8_t ah, uint64_t lba, uint32_t n)
{
	struct bios_regs r = { .eax = (uint32_t)ah << 8, .edx = d->drive,
		.ds = bios_seg(&packet), .esi = bios_off(&packet) };

	packet = (struct packet){ .size = sizeof(packet),
		.count = (uint16_t)n, .seg = BOUNCE_ADDR >> 4, .lba = lba };
	bios_int(0x13, &r);
	return r.flags & BIOS_CARRY ? FAILED | (r.eax >> 8 & 0xff) : 0;
}

static void reset(struct bios_disk *d)
{
	struct bios_regs r = { .eax = 0, .edx = d->drive };

	bios_int(0x13, &r);
}

/*
 * N sectors into the buffer.  A request that fails is tried again, then
 * smaller, so that firmware with a lower limit than ours is found out;
 * returns the sectors read, 0 for none.
 */
static uint32_t read_some(struct bios_disk *d, uint64_t lba, uint32_t n)
{
	uint32_t first = n;
	unsigned status;

	for (;; n = (n + 1) / 2) {
		if (!try(d, 0x42, lba, n))
			break;
		reset(d);
		status = try(d, 0x42, lba, n);
		if (!status)
			break;
		if (n == 1) {
			fail(ERR_READ, "%s: sector %lu: firmware error 0x%x",
			     d->blk.name, lba, status & 0xff);
			d->most = BOUNCE_SIZE / d->blk.sector;
			return 0;
		}
	}
	if (n < first)
		d->most = n;
	return n;
}

static int disk_read(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	struct bios_disk *d = b->priv;
	uint8_t *to = buf;

	while (n) {
		uint32_t got = read_some(d, lba, n < d->most ? n : d->most);

		if (!got)
			return ERR_READ;
		memcpy(to, (void *)BOUNCE_ADDR, (size_t)got * b->sector);
		to += (size_t)got * b->sector;
		lba += got;
		n -= got;
	}
	return 0;
}

/* EDD 3.0, 5.3.  Firmware that caches what is written is none of EDD's. */
static int disk_write(struct blk *b, uint64_t lba, uint32_t n, const void *buf)
{
	struct bios_disk *d = b->priv;
	const uint8_t *from = buf;
	unsigned status = 0;

	for (; n && !status; n--, lba++, from += b->sector) {
		memcpy((void *)BOUNCE_ADDR, from, b->sector);
		status = try(d, 0x43, lba, 1);
	}
	return status ? fail(ERR_WRITE, "%s: sector %lu: firmware error 0x%x",
			     b->name, lba - 1, status & 0xff) : 0;
}

/* Is there a disk DRIVE with extensions, and how large is it? */
static int probe(uint8_t drive, struct params *out)
{
	struct params *p = (struct params *)BOUNCE_ADDR;
	struct bios_regs r = { .eax = 0x4100, .ebx = 0x55aa, .edx = drive };

	bios_int(0x13, &r);
	if ((r.flags & BIOS_CARRY) || (uint16_t)r.ebx != 0xaa55 ||
	    !(r.ecx & 1))
		return ERR_NOTMINE;
	memset(p, 0, sizeof(*p));
	p->size = sizeof(*p);
	r = (struct bios_regs){ .eax = 0x4800, .edx = drive,
		.ds = bios_seg(p), .esi = bios_off(p) };
	bios_int(0x13, &r);
	*out = *p;
	if ((r.flags & BIOS_CARRY) || p->sector_size < 512 ||
	    p->sector_size > 4096 || (p->sector_size & (p->sector_size - 1)))
		return ERR_NOTMINE;
	return 0;
}

static int add(struct arena *a, struct blk **disks, unsigned *n, uint8_t drive)
{
	struct bios_disk *d;
	struct params p;

	if (*n == DISKS || probe(drive, &p))
		return 0;
	d = arena_alloc(a, sizeof(*d));
	if (!d)
		return ERR_NO_MEMORY;
	d->drive = drive;
	d->most = BOUNCE_SIZE / p.sector_size;
	d->blk = (struct blk){ .sector = p.sector_size, .count = p.sectors,
			       .read = disk_read, .write = disk_write,
			       .priv = d };
	fmt(d->blk.name, sizeof(d->blk.name), "hd%u", *n);
	numbers[n_numbers++] = drive;
	disks[(*n)++] = &d->blk;
	return blk_cache_attach(&d->blk, a);
}

bool bios_drive(unsigned n, uint8_t *number)
{
	if (n >= n_numbers)
		return false;
	*number = numbers[n];
	return true;
}

int bios_disks(struct arena *a, struct blk ***disks, unsigned *n)
{
	struct blk **list = arena_alloc(a, DISKS * sizeof(*list));
	unsigned fixed = *bios_data(0x75);	/* how many from 0x80 on */
	int err;

	if (!list)
		return ERR_NO_MEMORY;
	*disks = list;
	*n = 0;
	err = add(a, list, n, bios_boot_disk);
	for (unsigned i = 0; i < fixed && i < 0x80 && !err; i++)
		if (0x80 + i != bios_boot_disk)
			err = add(a, list, n, (uint8_t)(0x80 + i));
	return err;
}
