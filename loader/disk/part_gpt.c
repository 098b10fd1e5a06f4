/*
 * GUID partition tables (UEFI 2.10, section 5.3): the first header, and its
 * copy when the first or its entries are broken.  The copy is on the disk's
 * last sector, or, when the disk has grown or was copied onto a larger one,
 * where the first header says.
 */
#include <string.h>

#include "loader/base/err.h"
#include "loader/base/span.h"
#include "loader/disk/crc32.h"
#include "loader/disk/part_tables.h"

#define HEADER_MIN 92		/* bytes */
#define HEADER_CRC 16		/* offset of HeaderCRC32 */
#define HEADER_COPY 32		/* offset of AlternateLBA */
#define ENTRY_MIN 128		/* bytes; entries are 128 times 2^n */
#define TABLE_MAX (16u << 20)	/* bytes; 16 KiB is what everybody writes */
#define CHUNK		512u /* bytes read at a time: a multiple of an entry */
#define LEGACY_BOOTABLE 4	/* attribute bit 2 */

struct header {
	uint64_t entries, last;	/* LBA; the last one for partitions */
	uint32_t n, entry_bytes, crc;
};

static bool head_read(struct blk *disk, uint64_t lba, uint8_t *head)
{
	return lba < disk->count &&
	       !blk_pread(disk, lba * disk->sector, CHUNK, head) &&
	       !memcmp(head, "EFI PART", 8);
}

/* Continue CRC over LEN bytes at byte OFF; CHUNK bytes at BUF are lost. */
static bool sum_rest(struct blk *disk, uint64_t off, uint32_t len, uint8_t *buf,
		     uint32_t *crc)
{
	for (uint32_t n; len; len -= n, off += n) {
		n = len < CHUNK ? len : CHUNK;
		if (blk_pread(disk, off, n, buf))
			return false;
		*crc = crc32_more(*crc, buf, n);
	}
	return true;
}

static bool power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

static bool header_read(struct blk *disk, uint64_t lba, struct header *h)
{
	uint8_t head[CHUNK];
	struct span s = span_of(head, sizeof(head));
	uint32_t bytes, crc, sum;

	if (!head_read(disk, lba, head) || span_u64(&s, 24) != lba)
		return false;
	bytes = span_u32(&s, 12);
	crc = span_u32(&s, HEADER_CRC);
	memset(head + HEADER_CRC, 0, 4);
	h->last = span_u64(&s, 48);
	h->entries = span_u64(&s, 72);
	h->n = span_u32(&s, 80);
	h->entry_bytes = span_u32(&s, 84);
	h->crc = span_u32(&s, 88);
	if (bytes < HEADER_MIN || bytes > disk->sector ||
	    h->entry_bytes < ENTRY_MIN || !power_of_two(h->entry_bytes) ||
	    h->entries >= disk->count)
		return false;
	sum = crc32_more(0, head, bytes < CHUNK ? bytes : CHUNK);
	return (bytes <= CHUNK ||
		sum_rest(disk, lba * disk->sector + CHUNK, bytes - CHUNK, head,
			 &sum)) && sum == crc;
}

static void add_entry(struct part_list *list, unsigned number,
		      const uint8_t *entry)
{
	struct span s = span_of(entry, ENTRY_MIN);
	struct part p = { .number = number, .first = span_u64(&s, 32) };
	static const uint8_t unused[16];
	uint64_t last = span_u64(&s, 40);

	if (!memcmp(entry, unused, 16) || last < p.first || last == UINT64_MAX)
		return;
	p.count = last - p.first + 1;
	p.active = span_u64(&s, 48) & LEGACY_BOOTABLE;
	memcpy(p.type_guid, entry, 16);
	memcpy(p.guid, entry + 16, 16);
	part_add(list, &p);
}

/* All entries, and their checksum. */
static bool entries_read(struct blk *disk, const struct header *h,
			 struct part_list *list)
{
	uint64_t size = (uint64_t)h->n * h->entry_bytes, off = 0;
	uint8_t chunk[CHUNK];
	uint32_t crc = 0;

	while (off < size) {
		size_t len = size - off < sizeof(chunk) ? size - off :
			     sizeof(chunk);

		if (blk_pread(disk, h->entries * disk->sector + off, len,
			      chunk))
			return false;
		crc = crc32_more(crc, chunk, len);
		for (size_t at = 0; at < len; at += ENTRY_MIN, off += ENTRY_MIN)
			if (off % h->entry_bytes == 0)
				add_entry(list,
					  (unsigned)(off / h->entry_bytes),
					  chunk + at);
	}
	return crc == h->crc;
}

static bool table_read(struct blk *disk, uint64_t header_lba,
		       struct part_list *list)
{
	struct header h;

	part_clear(list, PART_GPT);
	if (!header_read(disk, header_lba, &h))
		return false;
	if (h.n > TABLE_MAX / h.entry_bytes) {
		part_remark(list, 0, ERR_NO_MEMORY,
			    "a GPT of %u entries of %u bytes is "
			    "larger than this loader reads",
			    h.n, h.entry_bytes);
		return true;
	}
	/* A disk that was cut: we read what is there, Linux refuses it all. */
	if (h.last >= disk->count)
		part_remark(list, PARTS_MAX, ERR_PARTITION_TABLE, "the GPT is "
			    "of a larger disk, at least %lu sectors: Linux "
			    "does not take it", h.last + 1);
	return entries_read(disk, &h, list);
}

/* Where the first header, broken as it may be, says that its copy is. */
static uint64_t copy_of_first(struct blk *disk)
{
	uint8_t head[CHUNK];
	struct span s = span_of(head, sizeof(head));

	return head_read(disk, 1, head) ? span_u64(&s, HEADER_COPY) : 0;
}

int part_gpt_read(struct blk *disk, struct part_list *list)
{
	bool found = table_read(disk, 1, list);

	if (!found) {
		found = table_read(disk, disk->count - 1, list) ||
			table_read(disk, copy_of_first(disk), list);
		err_clear();
		list->from_backup = found;
	}
	if (found)
		return 0;
	part_clear(list, PART_GPT);
	return fail(ERR_PARTITION_TABLE, "(%s): both GPT copies are broken",
		    disk->name);
}
