/*
 * The Multiboot 2 format under EFI, for hypervisors that menu.lst starts with
 * `kernel` and `module`: genuine Xen.  Boot services stay on, and the kernel
 * ends them itself.  The firmware's pointers are left 0 in the information: who
 * carries it out knows them.
 */
#include "loader/abi/multiboot2.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/multiboot/multiboot2_image.h"
#include "loader/kernel/packed.h"
#include "loader/picture.h"
#include "loader/platform.h"

#define PAGE 4096ul
#define LOWEST 0x100000
#define END_4G 0x100000000

struct told {
	const struct boot_entry *e;
	const struct memmap *map;
	const struct multiboot2_image *img;
	const struct picture *picture;	/* NULL: none */
	uint64_t base;		/* where the image's start is */
	struct {
		uint32_t start, end;
	} module[BOOT_MODULES];
};

static size_t string_size(const char *path, const char *args)
{
	return strlen(path) + 1 + strlen(args) + 1;
}

/* More than all tags with their padding take. */
static size_t info_size(const struct told *t)
{
	size_t n = 512 + string_size(t->e->kernel_path, t->e->args) +
		   t->map->n * sizeof(struct multiboot2_mmap_entry);

	for (unsigned i = 0; i < t->e->n_modules; i++)
		n += sizeof(struct multiboot2_module) + 2 * MULTIBOOT2_ALIGN +
		     string_size(t->e->module[i].path, t->e->module[i].args);
	return n;
}

struct block {
	uint8_t *p;
	size_t size, used;
};

/* A tag of SIZE bytes. */
static void *put(struct block *b, uint32_t type, size_t size)
{
	struct multiboot2_tag *tag = (void *)(b->p + b->used);

	*tag = (struct multiboot2_tag){ type, (uint32_t)size };
	b->used += (size + MULTIBOOT2_ALIGN - 1) & -(size_t)MULTIBOOT2_ALIGN;
	return tag;
}

/* A tag of HEAD bytes and "PATH ARGS" behind them. */
static void *put_string(struct block *b, uint32_t type, size_t head,
			const char *path, const char *args)
{
	size_t size = string_size(path, args) - !*args;
	char *to = put(b, type, head + size);

	fmt(to + head, size, "%s%s%s", path, *args ? " " : "", args);
	return to;
}

/* What `uppermem' says stands for the whole map. */
static void put_memory(struct block *b, const struct told *told)
{
	const struct memmap *map = told->map;
	struct multiboot2_memory *m = put(b, MULTIBOOT2_MEMORY, sizeof(*m));
	struct multiboot2_mmap *t = NULL;
	uint64_t low = 0, end = LOWEST;

	if (!told->e->upper_kib) {
		t = put(b, MULTIBOOT2_MMAP, sizeof(*t) +
			map->n * sizeof(t->entry[0]));
		t->entry_size = sizeof(t->entry[0]);
	}
	for (unsigned i = 0; i < map->n; i++) {
		const struct memrange *r = &map->r[i];
		bool ram = r->type == MEM_RAM || r->type == MEM_LOADER;

		if (t)
			t->entry[i] = (struct multiboot2_mmap_entry){ r->start,
				r->end - r->start, ram ? MEM_RAM : r->type };
		if (ram && r->start <= end && r->end > end)
			end = r->end;
		if (ram && r->start <= low)
			low = r->end;
	}
	m->mem_lower = low > 0xa0000 ? 640 : (uint32_t)(low >> 10);
	end = (end - LOWEST) >> 10;
	m->mem_upper = end > UINT32_MAX ? UINT32_MAX : (uint32_t)end;
	if (!t)
		m->mem_upper = told->e->upper_kib;
}

static void put_picture(struct block *b, const struct picture *p)
{
	struct multiboot2_framebuffer *f = put(b, MULTIBOOT2_FRAMEBUFFER,
					       sizeof(*f));

	f->addr = p->addr;
	f->pitch = p->pitch;
	f->width = p->width;
	f->height = p->height;
	f->bpp = p->bpp;
	f->kind = p->kind;
	memcpy(f->color, p->color, sizeof(f->color));
}

static void write_info(const struct told *t, struct block *b)
{
	const struct boot_entry *e = t->e;
	struct multiboot2_info *info = (void *)b->p;

	b->used = sizeof(*info);
	put_string(b, MULTIBOOT2_CMDLINE, sizeof(struct multiboot2_tag),
		   e->kernel_path, e->args);
	put_string(b, MULTIBOOT2_LOADER, sizeof(struct multiboot2_tag),
		   "Twinboot", "");
	put_memory(b, t);
	for (unsigned i = 0; i < e->n_modules; i++) {
		struct multiboot2_module *m = put_string(b, MULTIBOOT2_MODULE,
			sizeof(*m), e->module[i].path, e->module[i].args);

		m->mod_start = t->module[i].start;
		m->mod_end = t->module[i].end;
	}
	if (t->img->relocatable) {
		struct multiboot2_load_base *l = put(b, MULTIBOOT2_LOAD_BASE,
						     sizeof(*l));

		l->addr = (uint32_t)t->base;
	}
	if (t->picture)
		put_picture(b, t->picture);
	put(b, MULTIBOOT2_EFI64, sizeof(struct multiboot2_pointer));
	put(b, MULTIBOOT2_EFI64_IMAGE, sizeof(struct multiboot2_pointer));
	put(b, MULTIBOOT2_EFI_BS, sizeof(struct multiboot2_tag));
	put(b, MULTIBOOT2_END, sizeof(struct multiboot2_tag));
	info->total_size = (uint32_t)b->used;
}

/* Where it was linked if that is free, else where it says that it may go. */
static int place_image(struct told *t, struct memmap *m, struct file *file,
		       struct handover *ho)
{
	const struct multiboot2_image *img = t->img;
	uint64_t size = img->end - img->start;
	int err = memmap_find_low(m, size, 1, img->start, img->end, &t->base);

	if (err && img->relocatable) {
		err_clear();
		err = memmap_find_high(m, size, img->align, img->min,
				       img->max + 1, &t->base);
	}
	if (err) {
		err_clear();
		return fail(ERR_NO_MEMORY, "kernel: no %lu bytes free at %lx",
			    size, img->start);
	}
	err = memmap_set(m, t->base, t->base + size, MEM_LOADER);
	for (unsigned i = 0; !err && i < img->n; i++)
		err = handover_file(ho, PIECE_KERNEL, img->segment[i].addr -
				    img->start + t->base, img->segment[i].size,
				    file, img->segment[i].off,
				    img->segment[i].len);
	return err;
}

static int place_module(struct told *t, unsigned i, struct memmap *m,
			struct file *file, struct handover *ho)
{
	uint64_t at, size = file->size, pages = (size + PAGE - 1) & -PAGE;
	int err;

	if (memmap_find_high(m, pages ? pages : PAGE, PAGE, LOWEST, END_4G,
			     &at)) {
		err_clear();
		return fail(ERR_NO_MEMORY, "module %s: no %lu bytes free",
			    t->e->module[i].path, size);
	}
	t->module[i].start = (uint32_t)at;
	t->module[i].end = (uint32_t)(at + size);
	if (!size)
		return 0;
	err = handover_file(ho, PIECE_MODULE, at, size, file, 0, size);
	return err ? err : memmap_set(m, at, at + pages, MEM_LOADER);
}

static int tell(const struct told *t, const struct memmap *m,
		struct arena *arena, struct handover *ho)
{
	struct block b = { .size = info_size(t) };
	uint64_t at;

	b.p = arena_alloc(arena, b.size);
	if (!b.p || memmap_find_high(m, b.size, PAGE, LOWEST, END_4G, &at))
		return ERR_NO_MEMORY;
	write_info(t, &b);
	ho->rax = MULTIBOOT2_LOADER_MAGIC;
	ho->rbx = at;
	return handover_mem(ho, PIECE_MULTIBOOT_INFO, at, b.used, b.p, b.used);
}

/* The picture that the header asks for. */
static int find_picture(const struct platform *p, struct told *t,
			struct picture *found, struct handover *ho)
{
	const struct multiboot2_image *img = t->img;

	*found = (struct picture){ .width = img->width, .height = img->height,
				   .bpp = (uint8_t)img->depth };
	if (!img->picture)
		return 0;
	if (p && p->picture && !p->picture(found)) {
		t->picture = found;
		ho->video_mode = found->mode;
		return 0;
	}
	err_clear();
	return img->picture_required ? fail(ERR_MULTIBOOT, "a picture") : 0;
}

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	struct multiboot2_image *img = arena_alloc(arena, sizeof(*img));
	struct memmap *m = arena_alloc(arena, sizeof(*m));
	struct told t = { .e = e, .map = map, .img = img };
	struct file *module[BOOT_MODULES];
	struct picture picture;
	int err;

	if (!img || !m)
		return ERR_NO_MEMORY;
	if (e->n_modules && e->initrd_given)
		return fail(ERR_NEED_LINUX, "%s", e->module[0].path);
	/* Unpacking takes memory out of the map: that first. */
	if ((err = multiboot2_image_read(img, &e->kernel)) ||
	    (err = find_picture(e->platform, &t, &picture, ho)) ||
	    (err = packed_modules(e, arena, module)))
		return err;
	*m = *map;
	err = place_image(&t, m, &e->kernel, ho);
	for (unsigned i = 0; !err && i < e->n_modules; i++)
		err = place_module(&t, i, m, module[i], ho);
	if (err || (err = tell(&t, m, arena, ho)))
		return err;
	ho->mode = GO_EFI64;
	ho->entry_name = "multiboot2";
	ho->entry = img->entry - img->start + t.base;
	return 0;
}

const struct kernel_format multiboot2_format = {
	.name = "multiboot2", .by = BY_KERNEL, .probe = multiboot2_image_probe,
	.load = load,
};
