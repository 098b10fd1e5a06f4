/*
 * What is written is one byte of an entry of the table, or the four flags,
 * after the table was read and understood.
 */
#include "menu/parttype.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"

#define TABLE 446u		/* byte of sector 0: four entries of 16 bytes */
#define ENTRY 16u
#define TYPE 4u			/* byte of an entry */
#define ACTIVE 0x80
#define HIDDEN 0x10

/* DEV's entry, its disk's SECTOR 0 in hand. */
static int find(struct runner *r, struct device dev, uint8_t sector[512],
		uint8_t **entry)
{
	char name[24];
	int err;

	device_name(dev, name, sizeof(name));
	if (dev.disk >= r->p->n_disks || !r->p->disk[dev.disk]->count)
		return fail(ERR_NO_DISK, "%s", name);
	err = device_partitions(&r->mounts, dev.disk);
	if (err)
		return err;
	if (dev.part < 0 || !part_find(r->mounts.parts, (unsigned)dev.part))
		return fail(ERR_NO_PARTITION, "%s", name);
	if (r->mounts.parts->table != PART_MBR)
		return fail(ERR_PARTITION_TABLE, "%s: only an MBR has types "
			    "and flags of that kind", name);
	if (dev.part > 3)
		return fail(ERR_DEVICE_VALUE, "%s is logical: only primary "
			    "partitions are changed", name);
	*entry = sector + TABLE + ENTRY * (unsigned)dev.part;
	return blk_pread(r->p->disk[dev.disk], 0, 512, sector);
}

/* The table that the runner knows is the old one then. */
static int put(struct runner *r, struct device dev, const uint8_t sector[512])
{
	struct blk *disk = r->p->disk[dev.disk];
	int err = blk_pwrite(disk, 0, 512, sector);

	r->mounts.parts = NULL;
	return err ? err : blk_flush(disk);
}

int parttype_makeactive(struct runner *r, const char *args)
{
	uint8_t sector[512], *entry;
	int err = find(r, r->root, sector, &entry);

	if (err || *entry & ACTIVE)
		return err;
	for (unsigned i = 0; i < 4; i++)
		sector[TABLE + ENTRY * i] &= ACTIVE - 1;
	*entry |= ACTIVE;
	return put(r, r->root, sector);
}

/* The type of the partition at ARGS, without the bits of MASK, with SET. */
static int change(struct runner *r, const char *args, uint8_t mask,
		  uint8_t set)
{
	uint8_t sector[512], *entry, type;
	struct device dev;
	int err;

	if (*args != '(')
		return fail(ERR_DEVICE_NAME, "%.32s", args);
	if ((err = device_parse(&args, r->root, &dev)) ||
	    (err = find(r, dev, sector, &entry)))
		return err;
	type = (entry[TYPE] & (uint8_t)~mask) | set;
	if (type == entry[TYPE])
		return 0;
	say(r->p, " type 0x%x becomes 0x%x\n", entry[TYPE], type);
	entry[TYPE] = type;
	return put(r, dev, sector);
}

int parttype_hide(struct runner *r, const char *args)
{
	return change(r, args, HIDDEN, HIDDEN);
}

int parttype_unhide(struct runner *r, const char *args)
{
	return change(r, args, HIDDEN, 0);
}

int parttype_set(struct runner *r, const char *args)
{
	const char *type = lst_next_word(args);
	int32_t n;
	int err = lst_number(&type, &n);

	if (err)
		return fail(err, "parttype %s", args);
	if (!n || n > 0xff)
		return fail(ERR_ARGUMENT, "parttype: types are 1 to 0xff");
	return change(r, args, 0xff, (uint8_t)n);
}
