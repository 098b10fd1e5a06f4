/*
 * The Multiboot 1 format: hypervisors and small kernels that menu.lst starts
 * with `kernel` and `module`.  Each module goes to a page of its own above the
 * image; what the image is told lies in one block of low memory.
 */
#include "loader/abi/multiboot.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/multiboot_image.h"
#include "loader/kernel/packed.h"

#define PAGE 4096ul
#define END_4G 0x100000000

/* The block: info, modules, memory map, then the strings. */
struct block {
	uint8_t *p;
	uint64_t addr;
	size_t size, used;
};

static size_t string_size(const char *path, const char *args)
{
	return strlen(path) + 1 + strlen(args) + 1;
}

static size_t block_size(const struct boot_entry *e, const struct memmap *map)
{
	size_t n = sizeof(struct multiboot_info) + 16 +
		   e->n_modules * sizeof(struct multiboot_module) +
		   map->n * sizeof(struct multiboot_mmap) +
		   string_size(e->kernel_path, e->args);

	for (unsigned i = 0; i < e->n_modules; i++)
		n += string_size(e->module[i].path, e->module[i].args);
	return n;
}

/* As GRUB has it: the file's name, a blank, the arguments. */
static uint32_t put_string(struct block *b, const char *path, const char *args)
{
	size_t at = b->used;

	b->used += fmt((char *)b->p + at, b->size - at, "%s%s%s", path,
		       *args ? " " : "", args) + 1;
	return (uint32_t)(b->addr + at);
}

static void *put(struct block *b, size_t size, uint32_t *addr)
{
	void *p = b->p + b->used;

	*addr = (uint32_t)(b->addr + b->used);
	b->used += size;
	return p;
}

static void put_mmap(struct block *b, const struct memmap *map,
		     struct multiboot_info *info)
{
	struct multiboot_mmap *m;
	uint64_t low = 0, end = 0x100000;

	info->mmap_length = (uint32_t)(map->n * sizeof(*m));
	m = put(b, info->mmap_length, &info->mmap_addr);
	for (unsigned i = 0; i < map->n; i++) {
		const struct memrange *r = &map->r[i];
		bool ram = r->type == MEM_RAM || r->type == MEM_LOADER;

		m[i] = (struct multiboot_mmap){ 20, r->start,
			r->end - r->start, ram ? MEM_RAM : r->type };
		if (ram && r->start <= end && r->end > end)
			end = r->end;
		if (ram && r->start <= low)
			low = r->end;
	}
	info->mem_lower = low > 0xa0000 ? 640 : (uint32_t)(low >> 10);
	end = (end - 0x100000) >> 10;
	info->mem_upper = end > UINT32_MAX ? UINT32_MAX : (uint32_t)end;
}

static int place_image(const struct multiboot_image *img, struct memmap *m,
		       struct file *file, struct handover *ho)
{
	uint64_t at;
	int err;

	if (memmap_find_low(m, img->end - img->start, 1, img->start, img->end,
			    &at))
		return ERR_NO_MEMORY;
	err = memmap_set(m, img->start, img->end, MEM_LOADER);
	for (unsigned i = 0; !err && i < img->n; i++)
		err = handover_file(ho, "kernel", img->segment[i].addr,
				    img->segment[i].size, file,
				    img->segment[i].off, img->segment[i].len);
	return err;
}

static int place_module(const struct multiboot_image *img, struct memmap *m,
			const char *path, struct file *file,
			struct multiboot_module *out, struct handover *ho)
{
	uint64_t at, size = file->size;
	int err;

	if (memmap_find_low(m, size ? size : 1, PAGE, img->end, END_4G, &at)) {
		err_clear();
		return fail(ERR_NO_MEMORY, "module %s: no %lu bytes free",
			    path, size);
	}
	out->mod_start = (uint32_t)at;
	out->mod_end = (uint32_t)(at + size);
	if (!size)
		return 0;
	err = handover_file(ho, "module", at, size, file, 0, size);
	return err ? err : memmap_set(m, at, (at + size + PAGE - 1) & -PAGE,
				      MEM_LOADER);
}

static int unpack_modules(struct boot_entry *e, struct arena *arena,
			  struct file **plain)
{
	int err = 0;

	for (unsigned i = 0; !err && i < e->n_modules; i++) {
		struct boot_module *mod = &e->module[i];

		plain[i] = &mod->file;
		if (!mod->as_it_is)
			err = packed_open(e, mod->path, &mod->file, arena,
					  &plain[i]);
	}
	return err;
}

static int fill(struct boot_entry *e, const struct multiboot_image *img,
		const struct memmap *map, struct memmap *m, struct block *b,
		struct file **module, struct handover *ho)
{
	uint32_t addr;
	struct multiboot_info *info = put(b, sizeof(*info), &addr);
	struct multiboot_module *mods;
	int err = 0;

	info->flags = MULTIBOOT_INFO_MEMORY | MULTIBOOT_INFO_CMDLINE |
		MULTIBOOT_INFO_MODS | MULTIBOOT_INFO_MMAP |
		MULTIBOOT_INFO_LOADER;
	info->mods_count = e->n_modules;
	mods = put(b, e->n_modules * sizeof(*mods), &info->mods_addr);
	put_mmap(b, map, info);
	info->cmdline = put_string(b, e->kernel_path, e->args);
	info->boot_loader_name = put_string(b, "Twinboot", "");
	for (unsigned i = 0; !err && i < e->n_modules; i++) {
		mods[i].string = put_string(b, e->module[i].path,
					    e->module[i].args);
		err = place_module(img, m, e->module[i].path, module[i],
				   &mods[i], ho);
	}
	return err;
}

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	struct multiboot_image *img = arena_alloc(arena, sizeof(*img));
	struct memmap *m = arena_alloc(arena, sizeof(*m));
	struct file *module[BOOT_MODULES];
	struct block b = { 0 };
	int err;

	if (!img || !m)
		return ERR_NO_MEMORY;
	if (e->n_modules && e->initrd_given)
		return fail(ERR_NEED_LINUX, "%s", e->module[0].path);
	/* Unpacking takes memory out of the map: that first. */
	if ((err = unpack_modules(e, arena, module)))
		return err;
	b.size = block_size(e, map);
	b.p = arena_alloc(arena, b.size);
	if (!b.p)
		return ERR_NO_MEMORY;
	*m = *map;
	if ((err = multiboot_image_read(img, &e->kernel)) ||
	    (err = place_image(img, m, &e->kernel, ho)) ||
	    (err = memmap_find_high(m, b.size, 16, 0x1000, 0xa0000, &b.addr)))
		return err;
	if ((err = fill(e, img, map, m, &b, module, ho)))
		return err;
	ho->mode = GO_PROT32;
	ho->entry_name = "multiboot";
	ho->entry = img->entry;
	ho->rax = MULTIBOOT_LOADER_MAGIC;
	ho->rbx = b.addr;
	return handover_mem(ho, "multiboot info", b.addr, b.size, b.p, b.size);
}

const struct kernel_format multiboot_format = {
	.name = "multiboot",
	.probe = multiboot_image_probe,
	.load = load,
};
