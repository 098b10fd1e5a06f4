/*
 * Any bytes as a disk: read its table, open every partition, read its edges;
 * the boot area and its units lie on the disk.  The first byte chooses the
 * sector size.
 */
#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/disk/bootarea.h"
#include "tests/memdisk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_bootarea(struct blk *disk, const struct part_list *list)
{
	struct bootarea a;
	uint8_t unit[BOOTAREA_UNIT];
	uint64_t lba;

	if (!bootarea_find(disk, list, &a))
		return;
	if (!a.first || !a.sectors || a.first >= disk->count ||
	    a.sectors > disk->count - a.first)
		abort();
	for (unsigned i = 0; i < BOOTAREA_UNITS; i++) {
		if (!bootarea_unit(disk, &a, i, &lba))
			continue;
		if (lba < a.first ||
		    blk_read(disk, lba, BOOTAREA_UNIT / disk->sector, unit))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct part_list list;
	struct memdisk disk;
	uint8_t sector[4096], *copy;

	if (!len)
		return 0;
	copy = malloc(len);
	memcpy(copy, data + 1, len - 1);
	memdisk_init(&disk, copy, len - 1, data[0] & 1 ? 4096 : 512);
	err_clear();
	if (part_read(&disk.blk, &list) && !err_text()[0])
		abort();
	for (unsigned i = 0; i < list.n; i++) {
		struct part_blk p;

		if (part_open(&disk.blk, &list, list.part[i].number, &p))
			continue;
		blk_read(&p.blk, 0, 1, sector);
		blk_read(&p.blk, p.blk.count - 1, 1, sector);
	}
	check_bootarea(&disk.blk, &list);
	free(copy);
	return 0;
}
