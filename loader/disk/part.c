/*
 * Which table a disk has, and partitions as block devices.
 */
#include "loader/disk/part.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/base/span.h"
#include "loader/disk/part_tables.h"

#define MBR_ENTRIES 446
#define TYPE_GPT_PROTECTIVE 0xee

static bool power_of_two(unsigned v)
{
	return v && !(v & (v - 1));
}

/*
 * A FAT boot sector carries the same signature as an MBR, and code where the
 * entries would be.  Its BIOS parameter block tells (Microsoft, FAT
 * specification 1.03, "Boot Sector and BPB").
 */
static bool is_fat_boot_sector(struct span *s)
{
	unsigned sector = span_u16(s, 11), fats = span_u8(s, 16);

	return (span_u8(s, 0) == 0xeb || span_u8(s, 0) == 0xe9) &&
	       power_of_two(sector) && sector >= 512 && sector <= 4096 &&
	       power_of_two(span_u8(s, 13)) && span_u16(s, 14) &&
	       (fats == 1 || fats == 2) && span_u8(s, 21) >= 0xf0;
}

/*
 * It can be both: partitioning tools leave the boot sector of the disk's
 * former life in place, and mkfs.fat --mbr writes an entry that begins at
 * sector 0.  Then the entries must look like entries.
 */
static bool is_entry(struct span *s, unsigned at, uint64_t disk)
{
	uint32_t first = span_u32(s, at + 8), count = span_u32(s, at + 12);

	return span_u8(s, at + 4) ? count && first < disk : !count && !first;
}

static bool has_table(struct span *s, uint64_t disk, bool *gpt)
{
	bool any = false, strict = is_fat_boot_sector(s);

	*gpt = false;
	if (span_u16(s, 510) != 0xaa55)
		return false;
	for (unsigned i = 0; i < 4; i++) {
		unsigned at = MBR_ENTRIES + 16 * i;

		if (span_u8(s, at) & 0x7f)	/* neither 0 nor 0x80 */
			return false;
		if (strict && !is_entry(s, at, disk))
			return false;
		if (!span_u8(s, at + 4))
			continue;
		any = true;
		*gpt |= span_u8(s, at + 4) == TYPE_GPT_PROTECTIVE;
	}
	return any;
}

void part_clear(struct part_list *list, enum part_table table)
{
	list->table = table;
	list->from_backup = false;
	list->remark[0] = 0;
	list->missing_from = PARTS_MAX;
	list->n = 0;
}

void part_remark(struct part_list *list, unsigned from, int err,
		 const char *format, ...)
{
	va_list ap;

	if (from < list->missing_from)
		list->missing_from = from;
	if (list->remark[0])
		return;
	list->missing_err = err;
	va_start(ap, format);
	vfmt(list->remark, sizeof(list->remark), format, ap);
	va_end(ap);
}

void part_add(struct part_list *list, const struct part *p)
{
	if (p->number >= PARTS_MAX || list->n == PARTS_MAX)
		part_remark(list, PARTS_MAX, ERR_NO_MEMORY, "partitions above "
			    "number %u cannot be named", PARTS_MAX - 1);
	else
		list->part[list->n++] = *p;
}

int part_read(struct blk *disk, struct part_list *list)
{
	uint8_t mbr[512];
	struct span s = span_of(mbr, sizeof(mbr));
	bool gpt;
	int err;

	part_clear(list, PART_NONE);
	if (blk_bytes(disk) < sizeof(mbr))
		return 0;
	err = blk_pread(disk, 0, sizeof(mbr), mbr);
	if (err || !has_table(&s, disk->count, &gpt))
		return err;
	if (gpt)
		return part_gpt_read(disk, list);
	part_mbr_read(disk, mbr, list);
	return 0;
}

/* UEFI 2.10, 5.3.3 and 13.3.2: C12A7328-F81F-11D2-BA4B-00A0C93EC93B; 0xef */
bool part_is_esp(const struct part *p)
{
	static const uint8_t guid[16] = {
		0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
		0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b,
	};

	return !memcmp(p->type_guid, guid, sizeof(guid)) ||
	       p->mbr_type == 0xef;
}

const struct part *part_esp(const struct part_list *list)
{
	for (unsigned i = 0; i < list->n; i++)
		if (part_is_esp(&list->part[i]))
			return &list->part[i];
	return NULL;
}

const struct part *part_find(const struct part_list *list, unsigned number)
{
	for (unsigned i = 0; i < list->n; i++)
		if (list->part[i].number == number)
			return &list->part[i];
	return NULL;
}

static int read_partition(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	struct part_blk *p = b->priv;

	return blk_read(p->disk, p->first + lba, n, buf);
}

static int write_partition(struct blk *b, uint64_t lba, uint32_t n,
			   const void *buf)
{
	struct part_blk *p = b->priv;

	return blk_write(p->disk, p->first + lba, n, buf);
}

static int flush_partition(struct blk *b)
{
	return blk_flush(((struct part_blk *)b->priv)->disk);
}

const struct part_blk *part_of(const struct blk *b)
{
	return b->read == read_partition ? b->priv : NULL;
}

int part_open(struct blk *disk, const struct part_list *list, unsigned number,
	      struct part_blk *out)
{
	const struct part *p = part_find(list, number);
	uint64_t count;

	if (!p && number >= list->missing_from)
		return fail(list->missing_err, "(%s,%u): %s", disk->name,
			    number, list->remark);
	if (!p)
		return fail(ERR_NO_PARTITION, "(%s,%u)", disk->name, number);
	if (p->first >= disk->count)
		return fail(ERR_PARTITION_TABLE,
			    "(%s,%u): begins at sector %lu, but the disk has "
			    "%lu", disk->name, number, p->first, disk->count);
	count = disk->count - p->first;
	if (p->count < count)
		count = p->count;
	*out = (struct part_blk){
		.blk = { .sector = disk->sector, .count = count,
			 .read = read_partition,
			 .write = disk->write ? write_partition : NULL,
			 .flush = flush_partition, .line = disk->line },
		.disk = disk, .first = p->first,
	};
	out->blk.priv = out;
	fmt(out->blk.name, sizeof(out->blk.name), "%s,%u", disk->name, number);
	return 0;
}
