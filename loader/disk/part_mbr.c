/*
 * The MBR's four entries, and the chain of extended boot records that carries
 * the logical partitions: entry 0 of each is a partition relative to that
 * record, entry 1 the next record relative to the first one.
 */
#include "loader/base/err.h"
#include "loader/base/span.h"
#include "loader/disk/part_tables.h"

#define ENTRIES 446
#define FIRST_LOGICAL 4
#define CHAIN_MAX (PARTS_MAX - FIRST_LOGICAL)

struct entry {
	uint8_t flags, type;
	uint32_t first, count;
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
	return e->type == 0x05 || e->type == 0x0f || e->type == 0x85;
}

static int add_entry(struct blk *disk, struct part_list *list,
		     unsigned number, uint64_t base, const struct entry *e)
{
	return part_add(disk, list, &(struct part){
		.number = number, .first = base + e->first,
		.count = e->count, .mbr_type = e->type,
		.active = e->flags == 0x80 });
}

static int broken_chain(struct blk *disk, uint64_t at, const char *why)
{
	return fail(ERR_PARTITION_TABLE, "(%s): extended boot record at %lu %s",
		    disk->name, at, why);
}

static int read_chain(struct blk *disk, struct part_list *list,
		      uint64_t extended, unsigned *number)
{
	uint64_t seen[CHAIN_MAX], at = extended;
	uint8_t record[512];

	for (unsigned n = 0; n < CHAIN_MAX; n++) {
		struct entry e, next;
		int err;

		for (unsigned i = 0; i < n; i++)
			if (seen[i] == at)
				return broken_chain(disk, at, "loops");
		seen[n] = at;
		if (at >= disk->count)
			return broken_chain(disk, at, "is past the disk's end");
		err = blk_pread(disk, at * disk->sector, sizeof(record),
				record);
		if (err)
			return err;
		if (record[510] != 0x55 || record[511] != 0xaa)
			return broken_chain(disk, at, "has no signature");
		e = entry_at(record, 0);
		next = entry_at(record, 1);
		if (e.type && e.count && !is_extended(&e) &&
		    (err = add_entry(disk, list, (*number)++, at, &e)))
			return err;
		if (!is_extended(&next) || !next.count)
			return 0;
		at = extended + next.first;
	}
	return broken_chain(disk, at, "ends a chain that is too long");
}

int part_mbr_read(struct blk *disk, const uint8_t *mbr,
		  struct part_list *list)
{
	unsigned number = FIRST_LOGICAL;
	int err = 0;

	list->table = PART_MBR;
	for (unsigned i = 0; i < 4 && !err; i++) {
		struct entry e = entry_at(mbr, i);

		if (e.type && e.count)
			err = add_entry(disk, list, i, 0, &e);
	}
	for (unsigned i = 0; i < 4 && !err; i++) {
		struct entry e = entry_at(mbr, i);

		if (is_extended(&e) && e.count)
			err = read_chain(disk, list, e.first, &number);
	}
	return err;
}
