/*
 * ATA's commands and words, for the controllers that carry them.  Touches no
 * hardware; the words come from a disk and are checked.
 */
#include "pvboot/hv/drivers/ata.h"

#include <string.h>

enum { RANGES = DISK_SECTOR / 8, RANGE_MAX = 0xffff };

uint8_t ata_command(enum disk_op op)
{
	static const uint8_t commands[] = {
		[DISK_READ] = ATA_READ, [DISK_WRITE] = ATA_WRITE,
		[DISK_FLUSH] = ATA_FLUSH, [DISK_DISCARD] = ATA_DSM,
	};

	return commands[op];
}

static uint32_t long_word(const uint16_t *id, unsigned word)
{
	return id[word] | (uint32_t)id[word + 1] << 16;
}

bool ata_identity(struct disk *d, const uint16_t *id)
{
	d->sectors = long_word(id, 100) | (uint64_t)long_word(id, 102) << 32;
	d->sector_size = DISK_SECTOR;
	if ((id[106] & 0xd000) == 0x5000)	/* sectors are not 512 bytes */
		d->sector_size = long_word(id, 117) * 2;
	d->flush = id[85] >> 5 & 1;
	if (!(id[83] >> 10 & 1) || !(id[49] >> 8 & 1) ||
	    d->sector_size < DISK_SECTOR || d->sector_size > 4096 ||
	    d->sector_size & (d->sector_size - 1) || d->sectors >> 48)
		return false;
	d->sectors *= d->sector_size / DISK_SECTOR;
	if (id[169] & 1)
		d->discard_max = (uint64_t)RANGES * RANGE_MAX *
			(d->sector_size / DISK_SECTOR);
	return true;
}

void ata_ranges(uint64_t *to, const struct disk *d,
		const struct disk_request *r)
{
	const uint32_t unit = d->sector_size / DISK_SECTOR;
	uint64_t lba = r->sector / unit, count = r->sectors / unit;

	memset(to, 0, DISK_SECTOR);
	for (unsigned i = 0; i < RANGES && count; i++) {
		const uint64_t n = count < RANGE_MAX ? count : RANGE_MAX;

		to[i] = lba | n << 48;
		lba += n;
		count -= n;
	}
}
