/*
 * Boot sectors, of this disk or another, as a BIOS starts one: at 0000:7C00 in
 * real mode, the drive in DL.  For the boot sector of a primary partition SI
 * points to that one's entry in a copy of the table, at the place where the
 * usual master boot records have it once they have moved to 0000:0600.
 */
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/bootsector.h"
#include "loader/kernel/formats.h"
#include "loader/platform.h"

#define SECTOR BOOTSECTOR_SIZE
#define SECTOR_ADDR 0x7c00u
#define TABLE 446u		/* in a master boot record */
#define ENTRY 16u
#define ENTRIES 4
#define TABLE_ADDR (0x600u + TABLE)
#define TYPE 4u			/* in an entry */
#define TYPE_GPT 0xee

static bool probe(struct span head)
{
	return head.len >= SECTOR;
}

static bool is_signed(const uint8_t *sector)
{
	return sector[SECTOR - 2] == 0x55 && sector[SECTOR - 1] == 0xaa;
}

/* Of a disk with a GPT the entries mean nothing. */
static bool is_mbr(const uint8_t *sector)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		if (sector[TABLE + i * ENTRY + TYPE] == TYPE_GPT)
			return false;
	return is_signed(sector);
}

static int add_partition(const struct boot_entry *e, struct arena *arena,
			 struct handover *ho)
{
	uint8_t *mbr = arena_alloc(arena, SECTOR);
	int err;

	if (!mbr)
		return ERR_NO_MEMORY;
	err = blk_pread(e->platform->disk[e->root_disk], 0, SECTOR, mbr);
	if (err || !is_mbr(mbr))
		return err;
	ho->rsi = TABLE_ADDR + (uint32_t)e->root_part * ENTRY;
	return handover_mem(ho, PIECE_PARTITIONS, TABLE_ADDR, ENTRIES * ENTRY,
			    mbr + TABLE, ENTRIES * ENTRY);
}

/* As GRUB does: the drive's own number when the map gives it another. */
static uint32_t mapped(const struct boot_entry *e)
{
	for (unsigned i = 0; i < e->n_maps; i++)
		if (e->map[i].from == e->root_disk)
			return e->map[i].to;
	return e->root_disk;
}

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	uint8_t *sector = arena_alloc(arena, SECTOR);
	struct chain *chain = arena_alloc(arena, sizeof(*chain));
	int err;

	if (!sector || !chain)
		return ERR_NO_MEMORY;
	if ((err = fs_read(&e->kernel, 0, SECTOR, sector)))
		return err;
	if (!is_signed(sector) && !e->force)
		return fail(ERR_EXEC_FORMAT, "%s: no boot sector's signature",
			    e->kernel_path);
	if (!e->platform || e->root_disk >= e->platform->n_disks)
		return fail(ERR_NO_DISK, "%s: no disk to tell it of",
			    e->kernel_path);
	*chain = (struct chain){ .disk = mapped(e), .n_maps = e->n_maps,
				 .map = e->map };
	ho->mode = GO_REAL16;
	ho->entry_name = "bootsector";
	ho->entry = ho->stack = SECTOR_ADDR;
	ho->extra.chain = chain;
	err = handover_mem(ho, PIECE_BOOT_SECTOR, SECTOR_ADDR, SECTOR, sector,
			   SECTOR);
	if (!err && e->root_part >= 0 && e->root_part < ENTRIES)
		err = add_partition(e, arena, ho);
	return err;
}

const struct kernel_format bootsector_format = {
	.name = "bootsector",
	.by = BY_CHAINLOADER,
	.probe = probe,
	.load = load,
};
