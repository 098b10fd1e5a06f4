/*
 * The El Torito specification, 1.0: sector 17 names the boot catalog (section
 * 2.0); that begins with a validation entry and a default entry, sections of
 * more entries follow (2.1 to 2.4).  UEFI's own are of platform 0xef (UEFI
 * 2.10, 13.3.2.1).  One sector of the catalog is read: nobody's is longer.
 */
#include "tools/host/disk/eltorito.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/span.h"

#define CD_SECTOR 2048u
#define ENTRY 32u
#define PER_CD_SECTOR (CD_SECTOR / 512)

enum { PLATFORM_BIOS = 0, PLATFORM_UEFI = 0xef, BOOTABLE = 0x88,
       HEADER_MORE = 0x90, HEADER_LAST = 0x91 };

static bool read_sector(struct blk *disk, uint64_t n, uint8_t *to)
{
	if (!blk_read(disk, n * PER_CD_SECTOR, PER_CD_SECTOR, to))
		return true;
	err_clear();
	return false;
}

static void note(struct eltorito *e, unsigned platform, const uint8_t *entry)
{
	e->bios |= platform == PLATFORM_BIOS && entry[0] == BOOTABLE;
	e->uefi |= platform == PLATFORM_UEFI && entry[0] == BOOTABLE;
}

static struct eltorito look_at_catalog(const uint8_t *c)
{
	struct eltorito e = { false, false };
	unsigned at = 2 * ENTRY;

	if (c[0] != 1 || c[30] != 0x55 || c[31] != 0xaa)
		return e;
	note(&e, c[1], c + ENTRY);
	while (at + ENTRY <= CD_SECTOR && (c[at] == HEADER_MORE ||
					   c[at] == HEADER_LAST)) {
		bool last = c[at] == HEADER_LAST;
		unsigned platform = c[at + 1];
		unsigned n = c[at + 2] | (unsigned)c[at + 3] << 8;

		for (at += ENTRY; n-- && at + ENTRY <= CD_SECTOR; at += ENTRY)
			note(&e, platform, c + at);
		if (last)
			break;
	}
	return e;
}

struct eltorito eltorito_read(struct blk *disk)
{
	static const char record[] = "\0CD001\1EL TORITO SPECIFICATION";
	static uint8_t sector[CD_SECTOR];
	struct span s = { sector, CD_SECTOR, false };

	if (disk->sector != 512 || !read_sector(disk, 0, sector) ||
	    (sector[510] == 0x55 && sector[511] == 0xaa) ||
	    !read_sector(disk, 17, sector) ||
	    memcmp(sector, record, sizeof(record) - 1) ||
	    !read_sector(disk, span_u32(&s, 0x47), sector))
		return (struct eltorito){ false, false };
	return look_at_catalog(sector);
}
