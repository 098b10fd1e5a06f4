/*
 * The Linux kernel format, x86 boot protocol 2.00 to 2.15: the 64-bit entry
 * where the kernel has one, else the 32-bit, else the 16-bit.  Kernel and
 * initrds become pieces that are read from the disk straight into place.
 */
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/linux/linux_args.h"
#include "loader/kernel/linux/linux_image.h"
#include "loader/kernel/linux/linux_params.h"
#include "loader/kernel/linux/linux_place.h"
#include "loader/kernel/linux/linux_real.h"

#define STACK 4096

static int add_kernel(const struct linux_image *img,
		      const struct linux_layout *at, struct handover *ho)
{
	uint64_t size = img->len;

	/* Only what lies above 4 GiB is mapped piece by piece. */
	if (at->kernel + img->room > 0x100000000)
		size = img->room;
	return handover_file(ho, PIECE_KERNEL, at->kernel, size, img->file,
			     img->setup_size, img->len);
}

static int add_initrds(struct boot_entry *e, uint64_t at, struct handover *ho)
{
	int err = 0;

	for (unsigned i = 0; !err && i < e->n_modules; i++) {
		uint64_t size = e->module[i].file.size;
		struct file *f = &e->module[i].file;

		if (!size)
			continue;
		err = handover_file(ho, PIECE_INITRD, at, (size + 3) & ~3ull, f,
				    0, size);
		at += (size + 3) & ~3ull;
	}
	return err;
}

/* One block in low memory: stack, boot_params, command line, more e820. */
static int flat_setup(const struct linux_image *img, const struct boot_entry *e,
		      const struct linux_layout *at,
		      const struct linux_params *p, struct handover *ho)
{
	uint64_t bp = at->low + STACK, cmdline = bp + sizeof(*p->bp);
	uint64_t ext = (cmdline + strlen(e->args) + 16) & ~15ull;
	uint16_t mode = p->bp->hdr.vid_mode;
	int err;

	linux_params_header(&p->bp->hdr, img, at, cmdline);
	p->bp->ext_ramdisk_image = (uint32_t)(at->initrd >> 32);
	p->bp->ext_ramdisk_size = (uint32_t)(at->initrd_size >> 32);
	if (p->e820_ext)
		p->bp->hdr.setup_data = ext;
	if ((err = linux_args_vga(e->args, &mode)))
		return err;
	p->bp->hdr.vid_mode = mode;
	ho->mode = img->entry == LINUX_64 ? GO_LONG64 : GO_PROT32;
	ho->entry_name = img->entry == LINUX_64 ? "linux64" : "linux32";
	ho->entry = at->kernel + (img->entry == LINUX_64 ? 0x200 : 0);
	ho->stack = bp;
	ho->rsi = bp;
	if ((err = handover_mem(ho, PIECE_BOOT_PARAMS, bp, sizeof(*p->bp),
				p->bp, sizeof(*p->bp))) ||
	    (err = handover_mem(ho, PIECE_CMDLINE, cmdline, strlen(e->args) + 1,
				e->args, strlen(e->args) + 1)))
		return err;
	return p->e820_ext ? handover_mem(ho, PIECE_E820, ext, p->e820_ext_size,
			p->e820_ext, p->e820_ext_size) : 0;
}

static int check(const struct linux_image *img, const struct boot_entry *e)
{
	size_t len = strlen(e->args);

	if (len > img->cmdline_max)
		return fail(ERR_ARGUMENT,
			    "command line of %zu bytes, %s takes %u", len,
			    e->kernel_path, img->cmdline_max);
	return 0;
}

/* The low block goes before the initrd, which may take all other memory. */
static int place(const struct linux_image *img, const struct boot_entry *e,
		 struct memmap *m, const struct linux_params *p,
		 struct linux_layout *at)
{
	int err = linux_place_kernel(img, m, at);

	if (err)
		return err;
	if (img->entry == LINUX_16) {
		err = linux_real_place(img, e, m, at);
	} else {
		at->low_size = STACK + sizeof(*p->bp) + strlen(e->args) + 32 +
			       p->e820_ext_size;
		err = linux_place_low(img, m, at, 4096);
	}
	return err ? err : linux_place_initrd(img, m, e, at);
}

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	struct linux_image *img = arena_alloc(arena, sizeof(*img));
	struct memmap *m = arena_alloc(arena, sizeof(*m));
	struct linux_layout at = { 0 };
	struct linux_params p;
	int err;

	if (!img || !m)
		return ERR_NO_MEMORY;
	*m = *map;
	if ((err = linux_image_read(img, &e->kernel)) ||
	    (err = check(img, e)) ||
	    (err = linux_params_new(&p, img, map, arena)) ||
	    (err = place(img, e, m, &p, &at)))
		return err;
	if (img->entry == LINUX_16)
		err = linux_real_setup(img, e, &at, arena, ho);
	else
		err = flat_setup(img, e, &at, &p, ho);
	if (err || (err = add_kernel(img, &at, ho)))
		return err;
	return add_initrds(e, at.initrd, ho);
}

const struct kernel_format linux_format = {
	.name = "linux",
	.by = BY_KERNEL,
	.probe = linux_image_probe,
	.load = load,
};
