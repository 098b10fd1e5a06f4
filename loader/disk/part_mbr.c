/*
 * The MBR's four entries, and the chain of extended boot records that carries
 * the logical partitions: one entry of each is a partition relative to that
 * record, another one the next record relative to the first one.  A chain that
 * breaks off costs the partitions behind the break, and no others.
 */
#include "loader/base/err.h"
#include "loader/base/span.h"
#include "loader/disk/part_tables.h"

#define ENTRIES 446
#define FIRST_LOGICAL 4
#define CHAIN_MAX 256		/* records: more than partitions can be named */

struct entry {
	uint8_t flags, type;
	uint32_t first, count;
};

struct chain {
	struct blk *disk;
	struct part_list *list;
	uint64_t extended;	/* the first record's sector */
	uint64_t count;		/* sectors of the extended partition */
	unsigned number;	/* of the next logical partition */
};

static struct entry entry_at(const uint8_t *sector, unsigned i)
{
	struct span s = span_of(sector, 512);
	unsigned at = ENTRIES + 16 * i;

	return (struct entry){
		.flags = span_u8(&s, at), .type = span_u8(&s, at + 4),
		.first = span_u32(&s, at + 8), .count = span_u32(&s, at + 12),
	};
}

static bool is_extended(const struct entry *e)
{
	return e->count &&
	       (e->type == 0x05 || e->type == 0x0f || e->type == 0x85);
}

static void add_entry(struct part_list *list, unsigned number, uint64_t base,
		      const struct entry *e)
{
	part_add(list, &(struct part){
		.number = number, .first = base + e->first,
		.count = e->count, .mbr_type = e->type,
		.active = e->flags == 0x80 });
}

/* The record at AT, or why there is none. */
static const char *read_record(struct chain *c, uint64_t at, uint8_t *record)
{
	if (at >= c->disk->count)
		return "is past the disk's end";
	if (blk_pread(c->disk, at * c->disk->sector, 512, record)) {
		err_clear();
		return "cannot be read";
	}
	return record[510] == 0x55 && record[511] == 0xaa ? NULL :
		"has no signature";
}

/*
 * Only the first two entries should be used; the others, where old tools left
 * garbage, count when they lie in the extended partition (as in Linux).
 */
static void take_record(struct chain *c, uint64_t at, const uint8_t *record)
{
	for (unsigned i = 0; i < 4; i++) {
		struct entry e = entry_at(record, i);
		uint64_t first = at + e.first;

		if (!e.type || !e.count || is_extended(&e))
			continue;
		if (i >= 2 && (first < c->extended ||
			       first + e.count > c->extended + c->count))
			continue;
		add_entry(c->list, c->number++, at, &e);
	}
}

/* The next record's sector; 0: this was the last. */
static uint64_t next_record(const struct chain *c, const uint8_t *record)
{
	for (unsigned i = 0; i < 4; i++) {
		struct entry e = entry_at(record, i);

		if (is_extended(&e))
			return c->extended + e.first;
	}
	return 0;
}

static void read_chain(struct chain *c)
{
	uint64_t seen[CHAIN_MAX], at = c->extended;
	uint8_t record[512];
	const char *why = NULL;
	int err = ERR_PARTITION_TABLE;
	unsigned n = 0;

	while (at && !why) {
		for (unsigned i = 0; i < n; i++)
			if (seen[i] == at)
				why = "was there before: a loop";
		if (n == CHAIN_MAX && !why) {
			why = "is one more than this loader follows";
			err = ERR_NO_MEMORY;
		}
		if (!why)
			why = read_record(c, at, record);
		if (why)
			break;
		seen[n++] = at;
		take_record(c, at, record);
		at = next_record(c, record);
	}
	if (why)
		part_remark(c->list, c->number, err,
			    "the extended boot record at %lu %s", at, why);
}

void part_mbr_read(struct blk *disk, const uint8_t *mbr,
		   struct part_list *list)
{
	struct chain c = { .disk = disk, .list = list,
			   .number = FIRST_LOGICAL };

	list->table = PART_MBR;
	for (unsigned i = 0; i < 4; i++) {
		struct entry e = entry_at(mbr, i);

		if (e.type && e.count)
			add_entry(list, i, 0, &e);
	}
	for (unsigned i = 0; i < 4; i++) {
		struct entry e = entry_at(mbr, i);

		c.extended = e.first;
		c.count = e.count;
		if (is_extended(&e) && e.first)
			read_chain(&c);
	}
}
