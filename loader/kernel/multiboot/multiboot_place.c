/*
 * Multiboot 1 and PVH: a kernel that runs where it is linked, entered in flat
 * 32-bit mode.  All of it is below 4 GiB.
 */
#include "loader/kernel/multiboot/multiboot_place.h"

#include "loader/base/err.h"

#define PAGE 4096ul
#define END_4G 0x100000000

int multiboot_place_image(const struct multiboot_image *img, struct memmap *m,
			  struct file *file, struct handover *ho)
{
	uint64_t at;
	int err;

	if (memmap_find_low(m, img->end - img->start, 1, img->start, img->end,
			    &at))
		return ERR_NO_MEMORY;
	err = memmap_set(m, img->start, img->end, MEM_LOADER);
	for (unsigned i = 0; !err && i < img->n; i++)
		err = handover_file(ho, PIECE_KERNEL, img->segment[i].addr,
				    img->segment[i].size, file,
				    img->segment[i].off, img->segment[i].len);
	return err;
}

int multiboot_place_module(const struct multiboot_image *img, struct memmap *m,
			   const char *path, struct file *file,
			   enum piece_role role, struct multiboot_place *out,
			   struct handover *ho)
{
	uint64_t at, size = file->size;
	int err;

	if (memmap_find_low(m, size ? size : 1, PAGE, img->end, END_4G, &at)) {
		err_clear();
		return fail(ERR_NO_MEMORY, "module %s: no %lu bytes free",
			    path, size);
	}
	out->start = (uint32_t)at;
	out->end = (uint32_t)(at + size);
	if (!size)
		return 0;
	err = handover_file(ho, role, at, size, file, 0, size);
	return err ? err : memmap_set(m, at, (at + size + PAGE - 1) & -PAGE,
				      MEM_LOADER);
}
