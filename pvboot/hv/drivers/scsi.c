/*
 * SCSI commands and what is answered to them.  Touches no hardware; answers
 * are a device's and are checked.  Numbers on the wire are big-endian.
 */
#include "pvboot/hv/drivers/scsi.h"

#include <string.h>

enum {
	TEST_UNIT_READY = 0x00, INQUIRY = 0x12, MODE_SENSE = 0x1a,
	READ_CAPACITY_10 = 0x25, READ_10 = 0x28, WRITE_10 = 0x2a,
	SYNCHRONIZE_CACHE = 0x35, UNMAP = 0x42, READ_16 = 0x88,
	WRITE_16 = 0x8a, SERVICE_ACTION_IN = 0x9e, REPORT_LUNS = 0xa0,
};
enum { TYPE_DISK = 0, TYPE_CDROM = 5 };
enum { VPD_LIMITS = 0xb0, VPD_PROVISIONING = 0xb2 };
enum { STATUS_CHECK = 2, STATUS_BUSY = 8, STATUS_FULL = 0x28 };
enum { KEY_UNIT_ATTENTION = 6 };

static uint64_t get(const uint8_t *p, unsigned bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | *p++;
	return v;
}

static void put(uint8_t *p, unsigned bytes, uint64_t v)
{
	while (bytes--) {
		p[bytes] = (uint8_t)v;
		v >>= 8;
	}
}

/* NEW into the N numbers at LUN, which rise; how many there are then. */
static unsigned insert(uint16_t *lun, unsigned n, uint16_t new)
{
	unsigned at = n;

	while (at && lun[at - 1] > new)
		at--;
	if (at && lun[at - 1] == new)
		return n;
	memmove(lun + at + 1, lun + at, (n - at) * sizeof(*lun));
	lun[at] = new;
	return n + 1;
}

unsigned scsi_luns(struct scsi_carrier *c, uint16_t *lun)
{
	uint8_t cdb[SCSI_CDB] = { REPORT_LUNS }, list[8 + 8 * SCSI_LUNS];
	uint64_t bytes;
	unsigned n = 0;

	put(cdb + 6, 4, sizeof(list));
	if (!c->read(c, cdb, list, sizeof(list)))
		return 0;
	bytes = get(list, 4);
	if (bytes > sizeof(list) - 8)
		bytes = sizeof(list) - 8;
	/* SAM-5, 4.7: peripheral (0) and flat (1) addressing. */
	for (unsigned at = 8; at + 8 <= 8 + bytes; at += 8)
		if (list[at] >> 6 < 2)
			n = insert(lun, n, get(list + at, 2) & 0x3fff);
	return n;
}

static bool vpd(struct scsi_carrier *c, uint8_t code, uint8_t *data)
{
	uint8_t cdb[SCSI_CDB] = { INQUIRY, 1, code, 0, 64 };

	memset(data, 0, 64);
	return c->read(c, cdb, data, 64) && data[1] == code;
}

/* SBC-3, 6.6.3 and 6.6.4: sectors in one UNMAP, 0 when there is none. */
static uint64_t unmap_max(struct scsi_carrier *c, const struct disk *d)
{
	uint8_t data[64];
	uint64_t max;

	if (!vpd(c, VPD_PROVISIONING, data) || !(data[5] & 0x80) ||
	    !vpd(c, VPD_LIMITS, data) || get(data + 2, 2) < 0x3c)
		return 0;
	max = get(data + 20, 4);
	return get(data + 24, 4) ? max * (d->sector_size / DISK_SECTOR) : 0;
}

/* READ CAPACITY (16), or (10) where that is not known (MMC). */
static bool capacity(struct scsi_carrier *c, struct disk *d)
{
	uint8_t long_cdb[SCSI_CDB] = { SERVICE_ACTION_IN, 0x10 };
	uint8_t short_cdb[SCSI_CDB] = { READ_CAPACITY_10 };
	uint8_t data[32] = { 0 };
	uint64_t last, size;

	put(long_cdb + 10, 4, sizeof(data));
	if (c->read(c, long_cdb, data, sizeof(data))) {
		last = get(data, 8);
		size = get(data + 8, 4);
	} else if (c->read(c, short_cdb, data, 8)) {
		last = get(data, 4);
		size = get(data + 4, 4);
	} else {
		return false;
	}
	if (size < DISK_SECTOR || size > 4096 || size & (size - 1) ||
	    last >= UINT64_MAX / 4096 - 1)
		return false;
	d->sector_size = (uint32_t)size;
	d->sectors = (last + 1) * (size / DISK_SECTOR);
	if (data[14] & 0x80)	/* LBPME */
		d->discard_max = unmap_max(c, d);
	return true;
}

/* MODE SENSE (6): write protection, and the write cache (SBC-3, 6.5.5). */
static void modes(struct scsi_carrier *c, struct disk *d)
{
	uint8_t cdb[SCSI_CDB] = { MODE_SENSE, 0, 8, 0, 64 };
	uint8_t data[64] = { 0 };
	unsigned page;

	if (!c->read(c, cdb, data, sizeof(data)))
		return;
	d->read_only |= data[2] >> 7;
	page = 4u + data[3];
	if (page + 3 <= sizeof(data) && (data[page] & 0x3f) == 8)
		d->flush = data[page + 2] >> 2 & 1;
}

enum scsi_unit scsi_identify(struct scsi_carrier *c, struct disk *d)
{
	uint8_t cdb[SCSI_CDB] = { INQUIRY, 0, 0, 0, 36 }, data[36] = { 0 };
	uint8_t ready[SCSI_CDB] = { TEST_UNIT_READY };

	/* Qualifier (the upper 3 bits) 0: a device is there. */
	if (!c->read(c, cdb, data, sizeof(data)) ||
	    (data[0] != TYPE_DISK && data[0] != TYPE_CDROM))
		return SCSI_NONE;
	d->read_only = data[0] == TYPE_CDROM;
	if (!c->read(c, ready, NULL, 0) || !capacity(c, d))
		return SCSI_EMPTY;
	modes(c, d);
	return SCSI_DISK;
}

static uint32_t bytes_of(const struct disk_request *r)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < r->n_segs; i++)
		n += r->seg[i].len;
	return n;
}

/* MMC knows the short commands only; the long ones reach further. */
static void read_write(uint8_t *cdb, bool write, uint64_t lba, uint32_t count)
{
	if (lba <= UINT32_MAX && count <= UINT16_MAX) {
		cdb[0] = write ? WRITE_10 : READ_10;
		put(cdb + 2, 4, lba);
		put(cdb + 7, 2, count);
		return;
	}
	cdb[0] = write ? WRITE_16 : READ_16;
	put(cdb + 2, 8, lba);
	put(cdb + 10, 4, count);
}

void scsi_cdb(uint8_t cdb[SCSI_CDB], const struct disk *d,
	      const struct disk_request *r)
{
	memset(cdb, 0, SCSI_CDB);
	switch (r->op) {
	case DISK_FLUSH:
		cdb[0] = SYNCHRONIZE_CACHE;
		break;
	case DISK_DISCARD:
		cdb[0] = UNMAP;
		put(cdb + 7, 2, SCSI_UNMAP);
		break;
	default:
		read_write(cdb, r->op == DISK_WRITE,
			   r->sector / (d->sector_size / DISK_SECTOR),
			   bytes_of(r) / d->sector_size);
	}
}

void scsi_unmap(uint8_t list[SCSI_UNMAP], const struct disk *d,
		const struct disk_request *r)
{
	const uint32_t unit = d->sector_size / DISK_SECTOR;

	memset(list, 0, SCSI_UNMAP);
	put(list, 2, SCSI_UNMAP - 2);
	put(list + 2, 2, 16);
	put(list + 8, 8, r->sector / unit);
	put(list + 16, 4, r->sectors / unit);
}

bool scsi_again(uint8_t status, const uint8_t *sense, uint32_t len)
{
	if (status != STATUS_CHECK)
		return status == STATUS_BUSY || status == STATUS_FULL;
	/* SPC-4, 4.5: fixed (0x70) and descriptor (0x72) format. */
	if (len < 3)
		return false;
	return (sense[0] & 0x7e) == 0x72 ?
		(sense[1] & 15) == KEY_UNIT_ATTENTION :
		(sense[2] & 15) == KEY_UNIT_ATTENTION;
}
