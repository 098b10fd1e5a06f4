/*
 * The information structure of Multiboot 0.6.96, 3.3, as GRUB 0.97 fills it in,
 * and the video mode of those who ask for one: all but the symbols of a.out
 * files.
 */
#include "loader/kernel/multiboot/multiboot_info.h"

#include <elf.h>
#include <string.h>

#include "loader/base/fmt.h"

#define ALIGN 8u
#define NO_PARTITION 0xffu

/* The block: info, modules, memory map, drives, APM, then the strings. */
struct block {
	uint8_t *p;
	uint64_t addr;
	size_t size, used;
};

static size_t string_size(const char *path, const char *args)
{
	return strlen(path) + 1 + strlen(args) + 1;
}

size_t multiboot_info_size(const struct multiboot_told *t)
{
	const struct boot_entry *e = t->entry;
	size_t n = sizeof(struct multiboot_info) + 16 + 7 * ALIGN +
		   e->n_modules * sizeof(struct multiboot_module) +
		   t->map->n * sizeof(struct multiboot_mmap) +
		   BIOS_DRIVES * sizeof(struct multiboot_drive) +
		   sizeof(struct multiboot_apm) + VBE_CONTROL + VBE_INFO +
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
	b->used += (size + ALIGN - 1) & -(size_t)ALIGN;
	return p;
}

/* What `uppermem' says stands for the whole map. */
static void put_mmap(struct block *b, const struct multiboot_told *t,
		     struct multiboot_info *info)
{
	const struct memmap *map = t->map;
	struct multiboot_mmap *m;
	uint64_t low = 0, end = 0x100000;

	info->flags |= MULTIBOOT_INFO_MEMORY;
	if (!t->entry->upper_kib)
		info->flags |= MULTIBOOT_INFO_MMAP;
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
	if (t->entry->upper_kib)
		info->mem_upper = t->entry->upper_kib;
}

static void put_modules(struct block *b, const struct multiboot_told *t,
			struct multiboot_info *info)
{
	const struct boot_entry *e = t->entry;
	struct multiboot_module *mods;

	info->flags |= MULTIBOOT_INFO_MODS;
	info->mods_count = e->n_modules;
	mods = put(b, e->n_modules * sizeof(*mods), &info->mods_addr);
	for (unsigned i = 0; i < e->n_modules; i++) {
		mods[i].mod_start = t->module[i].start;
		mods[i].mod_end = t->module[i].end;
	}
	for (unsigned i = 0; i < e->n_modules; i++)
		mods[i].string = put_string(b, e->module[i].path,
					    e->module[i].args);
}

/* The device that `root` has set, as the BIOS numbers it. */
static void put_boot_device(const struct multiboot_told *t,
			    struct multiboot_info *info)
{
	const struct boot_entry *e = t->entry;
	uint32_t n = e->root_disk, part = (uint32_t)e->root_part;
	uint32_t drive = 0x80 + n;

	if (n > 0x7f)
		return;
	if (t->bios && n < t->bios->n_drives)
		drive = t->bios->drive[n].number;
	if (part > NO_PARTITION)
		part = NO_PARTITION;
	info->flags |= MULTIBOOT_INFO_BOOT_DEVICE;
	info->boot_device = drive << 24 | part << 16 | NO_PARTITION << 8 |
			    NO_PARTITION;
}

static void put_drives(struct block *b, const struct bios_facts *f,
		       struct multiboot_info *info)
{
	struct multiboot_drive *d;

	info->flags |= MULTIBOOT_INFO_DRIVES;
	info->drives_length = (uint32_t)(f->n_drives * sizeof(*d));
	d = put(b, info->drives_length, &info->drives_addr);
	for (unsigned i = 0; i < f->n_drives; i++)
		d[i] = (struct multiboot_drive){ .size = sizeof(*d),
			.number = f->drive[i].number,
			.mode = MULTIBOOT_DRIVE_LBA,
			.cylinders = f->drive[i].cylinders,
			.heads = f->drive[i].heads,
			.sectors = f->drive[i].sectors };
}

static void put_bios(struct block *b, const struct bios_facts *f,
		     struct multiboot_info *info)
{
	put_drives(b, f, info);
	if (f->config_table) {
		info->flags |= MULTIBOOT_INFO_CONFIG_TABLE;
		info->config_table = f->config_table;
	}
	if (f->apm.version) {
		info->flags |= MULTIBOOT_INFO_APM;
		memcpy(put(b, sizeof(f->apm), &info->apm_table), &f->apm,
		       sizeof(f->apm));
	}
}

/* Far pointers into the block at FROM are to lead into its copy at TO. */
static void move_pointers(uint8_t *block, uint32_t from, uint32_t to)
{
	static const uint8_t pointers[] = { 6, 14, 22, 26, 30 };

	for (unsigned i = 0; i < sizeof(pointers); i++) {
		uint16_t p[2];
		uint32_t at;

		memcpy(p, block + pointers[i], sizeof(p));
		at = p[1] * 16u + p[0];
		if (at < from || at >= from + VBE_CONTROL)
			continue;
		at += to - from;
		p[0] = at & 15;
		p[1] = (uint16_t)(at >> 4);
		memcpy(block + pointers[i], p, sizeof(p));
	}
}

static void put_vbe(struct block *b, const struct picture *p,
		    struct multiboot_info *info)
{
	uint8_t *control = put(b, VBE_CONTROL, &info->vbe_control_info);

	info->flags |= MULTIBOOT_INFO_VBE;
	memcpy(control, p->control, VBE_CONTROL);
	move_pointers(control, p->control_at, info->vbe_control_info);
	memcpy(put(b, VBE_INFO, &info->vbe_mode_info), p->info, VBE_INFO);
	info->vbe_mode = (uint16_t)p->mode;
	info->vbe_interface_seg = p->code_seg;
	info->vbe_interface_off = p->code_off;
	info->vbe_interface_len = p->code_len;
}

static void put_picture(struct block *b, const struct picture *p,
			struct multiboot_info *info)
{
	info->flags |= MULTIBOOT_INFO_FRAMEBUFFER;
	info->framebuffer_addr = p->addr;
	info->framebuffer_pitch = p->pitch;
	info->framebuffer_width = p->width;
	info->framebuffer_height = p->height;
	info->framebuffer_bpp = p->bpp;
	info->framebuffer_type = p->kind;
	memcpy(info->color_info, p->color, sizeof(info->color_info));
	if (p->control)
		put_vbe(b, p, info);
}

void multiboot_info_write(const struct multiboot_told *t, uint8_t *block,
			  uint64_t addr, size_t size)
{
	const struct boot_entry *e = t->entry;
	struct block b = { block, addr, size };
	uint32_t at;
	struct multiboot_info *info = put(&b, sizeof(*info), &at);

	put_mmap(&b, t, info);
	put_boot_device(t, info);
	if (t->bios)
		put_bios(&b, t->bios, info);
	if (t->picture)
		put_picture(&b, t->picture, info);
	if (t->sections) {
		info->flags |= MULTIBOOT_INFO_ELF_SECTIONS;
		info->syms_num = t->image->sections.n;
		info->syms_size = sizeof(Elf32_Shdr);
		info->syms_addr = t->sections;
		info->syms_shndx = t->image->sections.names;
	}
	put_modules(&b, t, info);
	info->flags |= MULTIBOOT_INFO_CMDLINE | MULTIBOOT_INFO_LOADER;
	info->cmdline = put_string(&b, e->kernel_path, e->args);
	info->boot_loader_name = put_string(&b, "Twinboot", "");
}
