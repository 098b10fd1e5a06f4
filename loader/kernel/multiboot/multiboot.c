/*
 * The Multiboot 1 format: hypervisors and small kernels that menu.lst starts
 * with `kernel` and `module`.  Each module goes to a page of its own above the
 * image and its symbols; what the image is told lies in one block of low
 * memory.
 */
#include "loader/abi/multiboot.h"

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/multiboot/multiboot_header.h"
#include "loader/kernel/multiboot/multiboot_info.h"
#include "loader/kernel/multiboot/multiboot_place.h"
#include "loader/kernel/multiboot/multiboot_symbols.h"
#include "loader/kernel/packed.h"
#include "loader/platform.h"

/* All but the block that tells of it. */
static int place_all(struct boot_entry *e, struct multiboot_told *told,
		     struct memmap *m, struct file **module,
		     struct arena *arena, struct handover *ho)
{
	const struct multiboot_image *img = told->image;
	int err = multiboot_place_image(img, m, &e->kernel, ho);

	if (!err)
		err = multiboot_symbols_place(img, &e->kernel, m, arena, ho,
					      &told->sections);
	for (unsigned i = 0; !err && i < e->n_modules; i++)
		err = multiboot_place_module(img, m, e->module[i].path,
					     module[i], PIECE_MODULE,
					     &told->module[i], ho);
	return err;
}

static int tell(const struct multiboot_told *told, const struct memmap *m,
		struct arena *arena, struct handover *ho)
{
	size_t size = multiboot_info_size(told);
	uint8_t *block = arena_alloc(arena, size);
	uint64_t at;

	if (!block || memmap_find_high(m, size, 16, 0x1000, 0xa0000, &at))
		return ERR_NO_MEMORY;
	multiboot_info_write(told, block, at, size);
	ho->rax = MULTIBOOT_LOADER_MAGIC;
	ho->rbx = at;
	return handover_mem(ho, PIECE_MULTIBOOT_INFO, at, size, block, size);
}

/* The video mode that the header demands. */
static int find_picture(const struct platform *p, struct multiboot_told *told,
			struct picture *found, struct handover *ho)
{
	const struct multiboot_image *img = told->image;
	int err;

	if (!(img->flags & MULTIBOOT_VIDEO_MODE))
		return 0;
	if (!p || !p->picture)
		return fail(ERR_MULTIBOOT, "a video mode");
	*found = (struct picture){ .width = img->width, .height = img->height,
		.bpp = (uint8_t)img->depth,
		.kind = img->mode_type == MULTIBOOT_MODE_TEXT ? PICTURE_TEXT :
			PICTURE_RGB };
	err = p->picture(found);
	told->picture = found;
	ho->video_mode = found->mode;
	return err;
}

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	const struct platform *p = e->platform;
	struct multiboot_image *img = arena_alloc(arena, sizeof(*img));
	struct memmap *m = arena_alloc(arena, sizeof(*m));
	struct file *module[BOOT_MODULES];
	struct multiboot_told told = { .image = img, .entry = e, .map = map,
		.bios = p && p->bios_facts ? p->bios_facts() : NULL };
	struct picture picture;
	int err;

	if (!img || !m)
		return ERR_NO_MEMORY;
	if (e->n_modules && e->initrd_given)
		return fail(ERR_NEED_LINUX, "%s", e->module[0].path);
	/* Unpacking takes memory out of the map: that first. */
	if ((err = multiboot_image_read(img, &e->kernel)) ||
	    (err = find_picture(p, &told, &picture, ho)) ||
	    (err = packed_modules(e, arena, module)))
		return err;
	*m = *map;
	if ((err = place_all(e, &told, m, module, arena, ho)) ||
	    (err = tell(&told, m, arena, ho)))
		return err;
	ho->mode = GO_PROT32;
	ho->entry_name = "multiboot";
	ho->entry = img->entry;
	return 0;
}

const struct kernel_format multiboot_format = {
	.name = "multiboot",
	.by = BY_KERNEL | BY_CHAINLOADER,	/* GRUB 2's core.img */
	.probe = multiboot_header_probe,
	.load = load,
};
