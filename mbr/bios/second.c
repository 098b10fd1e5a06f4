/*
 * Stage 2's second part: read by the boot block's list of extents from the disk
 * that the firmware started, into memory of its own above 1 MiB, and believed
 * only with the right hash: who could forge that could change the first part as
 * well.  Then what it can do, for the first part.
 */
#include "mbr/bios/second.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/bootlist.h"
#include "loader/disk/xxh64.h"
#include "mbr/bios/bios.h"

#define LOWEST 0x100000
#define END_4G 0x100000000	/* mapped to itself up to there */

extern const struct stage2_head bios_stage2_head;

/* What unpack() has given away of the memory map. */
static struct memrange room[BOOT_MODULES + 2];
static unsigned n_rooms;

static const struct bios_second *const second = (void *)SECOND_ADDR;

/* The extents behind the first part's; damage is for the hash to find. */
static int read_part(struct blk *disk, uint8_t *to)
{
	const struct boot_list *list = (void *)(uintptr_t)bios_boot_list;

	return bootlist_read(disk, list, list->n, BOOT_EXT_EXTENTS, 0,
			     bios_stage2_head.second / 512, to);
}

static int check(const uint8_t *part)
{
	const struct stage2_head *head = &bios_stage2_head;

	if (xxh64_hash(part, head->second) == head->second_hash)
		return 0;
	return fail(ERR_READ, "the second part of stage2.bin is damaged");
}

int bios_second_load(const struct platform *p, const struct bios_second **out)
{
	static bool loaded;
	uint64_t at;
	int err;

	*out = second;
	if (loaded)
		return 0;
	if ((err = memmap_find_high(p->memmap, SECOND_ROOM, SECOND_ROOM, LOWEST,
				    END_4G, &at)) ||
	    (err = read_part(p->disk[0], (uint8_t *)at)) ||
	    (err = check((uint8_t *)at)))
		return err;
	bios_map_second(at);
	loaded = true;
	return memmap_set(p->memmap, at, at + SECOND_ROOM, MEM_LOADER);
}

int bios_second_take(struct memmap *m, const char *path, uint64_t size,
		     uint64_t *at)
{
	uint64_t pages = (size + 4095) & -4096ull;
	int err;

	if (memmap_find_high(m, pages ? pages : 4096, 4096, LOWEST, END_4G,
			     at)) {
		err_clear();
		return fail(ERR_NO_MEMORY, "%s: no %lu bytes free, its size "
			    "when unpacked if it is whole", path, size);
	}
	if (n_rooms == sizeof(room) / sizeof(room[0]))
		return fail(ERR_NO_MEMORY, "%s: too many files", path);
	err = memmap_set(m, *at, *at + pages, MEM_LOADER);
	if (!err)
		room[n_rooms++] = (struct memrange){ *at, *at + pages };
	return err;
}

/* Only kernels that the second part loads ask that, and the next. */
const struct bios_facts *bios_facts(void)
{
	return second->facts();
}

int bios_picture(struct picture *p)
{
	return second->picture(p);
}

int bios_unpack(const struct platform *p, const char *path, struct file *f,
		struct file *out)
{
	const struct bios_second *part;
	uint64_t size, at;
	int err;

	if ((err = bios_second_load(p, &part)) ||
	    (err = part->unpack_size(f, 0, f->size, &size)))
		return err;
	do {
		if ((err = bios_second_take(p->memmap, path, size, &at)))
			return err;
		err = part->gunzip(f, path, p->arena, (void *)at, &size);
	} while (err == UNPACK_OTHER_SIZE);
	fs_mem_file(out, (void *)at, size);
	return err;
}

int bios_open_hv(const struct platform *p, struct file *out)
{
	const struct bios_second *part;
	int err = bios_second_load(p, &part);

	return err ? err : part->open_hv(p, out);
}

int bios_hash(const struct platform *p, struct file *f, uint8_t *digest)
{
	const struct bios_second *part;
	int err = bios_second_load(p, &part);

	return err ? err : part->hash(p, f, digest);
}

const struct menu_extra *bios_extra(const struct platform *p)
{
	const struct bios_second *part;

	return bios_second_load(p, &part) ? NULL : part->extra;
}

int bios_update_memmap(struct memmap *m)
{
	int err = 0;

	for (; n_rooms && !err; n_rooms--)
		err = memmap_set(m, room[n_rooms - 1].start,
				 room[n_rooms - 1].end, MEM_RAM);
	return err;
}
