/*
 * GUID partition tables (UEFI 2.10, section 5.3): the first header, and the
 * backup at the disk's last sector when the first or its entries are broken.
 */
#include <string.h>

#include "loader/base/err.h"
#include "loader/base/span.h"
#include "loader/disk/crc32.h"
#include "loader/disk/part_tables.h"

#define HEADER_MIN 92		/* bytes */
#define HEADER_CRC 16		/* offset of HeaderCRC32 */
#define ENTRY_MAX 512		/* bytes; the specification's entries are 128 */
#define ENTRIES_MAX 1024
#define LEGACY_BOOTABLE 4	/* attribute bit 2 */

struct header {
	uint64_t entries;	/* LBA */
	uint32_t n, entry_bytes, crc;
};

static bool header_read(struct blk *disk, uint64_t lba, struct header *h)
{
	uint8_t sector[512];
	struct span s = span_of(sector, sizeof(sector));
	uint32_t bytes, crc;

	if (blk_pread(disk, lba * disk->sector, sizeof(sector), sector) ||
	    memcmp(sector, "EFI PART", 8) || span_u64(&s, 24) != lba)
		return false;
	bytes = span_u32(&s, 12);
	crc = span_u32(&s, HEADER_CRC);
	memset(sector + HEADER_CRC, 0, 4);
	h->entries = span_u64(&s, 72);
	h->n = span_u32(&s, 80);
	h->entry_bytes = span_u32(&s, 84);
	h->crc = span_u32(&s, 88);
	return bytes >= HEADER_MIN && bytes <= sizeof(sector) &&
	       crc32_more(0, sector, bytes) == crc &&
	       h->n <= ENTRIES_MAX && h->entry_bytes >= 128 &&
	       h->entry_bytes <= ENTRY_MAX && h->entry_bytes % 128 == 0 &&
	       h->entries < disk->count;
}

static int add_entry(struct blk *disk, struct part_list *list,
		     unsigned number, const uint8_t *entry)
{
	struct span s = span_of(entry, 128);
	struct part p = { .number = number, .first = span_u64(&s, 32) };
	static const uint8_t unused[16];
	uint64_t last = span_u64(&s, 40);

	if (!memcmp(entry, unused, 16) || last < p.first || last == UINT64_MAX)
		return 0;
	p.count = last - p.first + 1;
	p.active = span_u64(&s, 48) & LEGACY_BOOTABLE;
	memcpy(p.type_guid, entry, 16);
	memcpy(p.guid, entry + 16, 16);
	return part_add(disk, list, &p);
}

static bool table_read(struct blk *disk, uint64_t header_lba,
		       struct part_list *list)
{
	uint8_t entry[ENTRY_MAX];
	struct header h;
	uint32_t crc = 0;

	list->n = 0;
	if (!header_read(disk, header_lba, &h))
		return false;
	for (uint32_t i = 0; i < h.n; i++) {
		uint64_t at = h.entries * disk->sector +
			      (uint64_t)i * h.entry_bytes;

		if (blk_pread(disk, at, h.entry_bytes, entry) ||
		    add_entry(disk, list, i, entry))
			return false;
		crc = crc32_more(crc, entry, h.entry_bytes);
	}
	return crc == h.crc;
}

int part_gpt_read(struct blk *disk, struct part_list *list)
{
	list->table = PART_GPT;
	if (table_read(disk, 1, list))
		return 0;
	err_clear();
	list->from_backup = true;
	if (table_read(disk, disk->count - 1, list)) {
		err_clear();
		return 0;
	}
	list->n = 0;
	return fail(ERR_PARTITION_TABLE, "(%s): both GPT copies are broken",
		    disk->name);
}
