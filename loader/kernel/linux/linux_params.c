/*
 * Fills boot_params: the kernel's own setup header, the memory map, a text
 * screen.  What a platform knows better (a framebuffer, EFI tables) it writes
 * over this.
 */
#include "loader/kernel/linux/linux_params.h"

#include <string.h>

#include "loader/base/err.h"

/* The map in Linux' shape; what we run in is RAM to the kernel. */
static unsigned e820_list(const struct memmap *map, struct boot_e820_entry *to)
{
	unsigned n = 0;

	for (unsigned i = 0; i < map->n; i++) {
		const struct memrange *r = &map->r[i];
		uint32_t type = r->type == MEM_LOADER ? MEM_RAM : r->type;

		if (n && to[n - 1].type == type &&
		    to[n - 1].addr + to[n - 1].size == r->start)
			to[n - 1].size += r->end - r->start;
		else
			to[n++] = (struct boot_e820_entry){ r->start,
				r->end - r->start, type };
	}
	return n;
}

/* Entries beyond the first 128 go into a list node that 2.09 introduced. */
static int add_e820(struct linux_params *p, const struct linux_image *img,
		    const struct memmap *map, struct arena *arena)
{
	const unsigned max = E820_MAX_ENTRIES_ZEROPAGE;
	struct boot_e820_entry *all = arena_alloc(arena,
						  map->n * sizeof(*all) + 1);
	unsigned n, rest;

	if (!all)
		return ERR_NO_MEMORY;
	n = e820_list(map, all);
	rest = n > max ? n - max : 0;
	n -= rest;
	memcpy(p->bp->e820_table, all, n * sizeof(*all));
	p->bp->e820_entries = (uint8_t)n;
	if (!rest || img->version < 0x209)
		return 0;
	rest *= sizeof(*all);
	p->e820_ext_size = sizeof(*p->e820_ext) + rest;
	p->e820_ext = arena_alloc(arena, p->e820_ext_size);
	if (!p->e820_ext)
		return ERR_NO_MEMORY;
	p->e820_ext->type = SETUP_E820_EXT;
	p->e820_ext->len = rest;
	memcpy(p->e820_ext->data, all + n, rest);
	return 0;
}

/* RAM from 1 MiB up, in KiB: all that kernels before e820 look at. */
static void add_old_sizes(struct boot_params *bp, const struct memmap *map)
{
	uint64_t end = 0x100000;

	for (unsigned i = 0; i < map->n; i++)
		if ((map->r[i].type == MEM_RAM ||
		     map->r[i].type == MEM_LOADER) &&
		    map->r[i].start <= end && map->r[i].end > end)
			end = map->r[i].end;
	end = (end - 0x100000) >> 10;
	bp->alt_mem_k = end > UINT32_MAX ? UINT32_MAX : (uint32_t)end;
	bp->screen_info.ext_mem_k = end > 0xfc00 ? 0xfc00 : (uint16_t)end;
}

int linux_params_new(struct linux_params *p, const struct linux_image *img,
		     const struct memmap *map, struct arena *arena)
{
	*p = (struct linux_params){ .bp = arena_alloc(arena, sizeof(*p->bp)) };
	if (!p->bp)
		return ERR_NO_MEMORY;
	memcpy(&p->bp->hdr, img->header, sizeof(img->header));
	p->bp->screen_info.orig_video_mode = 3;
	p->bp->screen_info.orig_video_cols = 80;
	p->bp->screen_info.orig_video_lines = 25;
	p->bp->screen_info.orig_video_points = 16;
	p->bp->screen_info.orig_video_isVGA = 1;
	p->bp->screen_info.orig_y = 24;
	add_old_sizes(p->bp, map);
	return add_e820(p, img, map, arena);
}

void linux_params_header(struct setup_header *h, const struct linux_image *img,
			 const struct linux_layout *at, uint64_t cmdline)
{
	h->type_of_loader = 0xff;	/* no number assigned to us */
	h->ramdisk_image = (uint32_t)at->initrd;
	h->ramdisk_size = (uint32_t)at->initrd_size;
	h->code32_start = (uint32_t)at->kernel;
	if (img->version >= 0x202)
		h->cmd_line_ptr = (uint32_t)cmdline;
}
