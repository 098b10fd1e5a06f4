/*
 * Where the boot area is.  Tables are anybody's: what they say is cut to what
 * the disk has.
 */
#include "loader/disk/bootarea.h"

#include <string.h>

/* UEFI leaves the type to the one who invented it: GRUB 2's manual, 3.4. */
static const uint8_t bios_boot[16] = {
	0x48, 0x61, 0x68, 0x21, 0x49, 0x64, 0x6f, 0x6e,
	0x74, 0x4e, 0x65, 0x65, 0x64, 0x45, 0x46, 0x49,
};

static bool find_partition(const struct part_list *parts,
			   struct bootarea *area)
{
	for (unsigned i = 0; i < parts->n; i++) {
		const struct part *p = &parts->part[i];

		if (memcmp(p->type_guid, bios_boot, sizeof(bios_boot)))
			continue;
		*area = (struct bootarea){ p->first, p->count };
		return true;
	}
	return false;
}

/* Extended partitions stand in the list as well, with their first record. */
static void find_gap(const struct blk *disk, const struct part_list *parts,
		     struct bootarea *area)
{
	uint64_t end = disk->count;

	for (unsigned i = 0; i < parts->n; i++)
		if (parts->part[i].first < end)
			end = parts->part[i].first;
	*area = (struct bootarea){ 1, end ? end - 1 : 0 };
}

bool bootarea_find(const struct blk *disk, const struct part_list *parts,
		   struct bootarea *area)
{
	if (parts->table == PART_MBR)
		find_gap(disk, parts, area);
	else if (parts->table != PART_GPT || !find_partition(parts, area))
		return false;
	/* Sector 0 is never part of it. */
	if (!area->first || area->first >= disk->count)
		return false;
	if (area->sectors > disk->count - area->first)
		area->sectors = disk->count - area->first;
	return area->sectors != 0;
}

bool bootarea_unit(const struct blk *disk, const struct bootarea *area,
		   unsigned n, uint64_t *lba)
{
	uint64_t back = (n + 1ull) * (BOOTAREA_UNIT / disk->sector);

	if (back > area->sectors)
		return false;
	*lba = area->first + area->sectors - back;
	return true;
}
