/*
 * PVH: an ELF64 file with Xen's note PHYS32_ENTRY, entered in flat 32-bit mode
 * with EBX = hvm_start_info (Xen's docs/misc/pvh.pandoc and its public
 * arch-x86/hvm/start_info.h).  A kernel that has a PV entry, too, is a guest of
 * our hypervisor's where there is to be one.
 */
#include "loader/abi/xen.h"

#include <elf.h>
#include <string.h>
#include <xen/arch-x86/hvm/start_info.h>

#include "loader/base/err.h"
#include "loader/fs/join.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/multiboot/multiboot_place.h"
#include "loader/kernel/packed.h"
#include "loader/kernel/pvh.h"
#include "loader/kernel/xenpv/xenpv.h"
#include "loader/kernel/xenpv/xenpv_notes.h"

/* What the kernel is told, in one block of low memory; then the text. */
struct told {
	struct hvm_start_info info;
	struct hvm_modlist_entry module[BOOT_MODULES];
	struct hvm_memmap_table_entry map[];
};

/* ERR_NOTMINE: it is no such kernel, or is to be a PV guest. */
static int read_entry(struct boot_entry *e, uint64_t *entry)
{
	struct xenpv_notes notes;
	Elf64_Ehdr eh;
	int err = fs_read(&e->kernel, 0, sizeof(eh), &eh);

	if (err)
		return err;
	if (eh.e_machine != EM_X86_64 ||
	    eh.e_phentsize != sizeof(Elf64_Phdr) ||
	    eh.e_phoff > e->kernel.size || eh.e_shoff > e->kernel.size)
		return ERR_NOTMINE;
	if ((err = xenpv_notes_read(&e->kernel, &eh, &notes)))
		return err;
	*entry = notes.pvh_entry;
	return !notes.n || notes.pvh_entry == XENPV_NONE ||
	       (notes.entry != XENPV_NONE && e->open_hv) ? ERR_NOTMINE : 0;
}

/* However many initrds there are, Linux takes one module. */
static int open_modules(struct boot_entry *e, struct told *t,
			struct arena *arena, struct file **module)
{
	struct file **part = arena_alloc(arena, BOOT_MODULES * sizeof(*part));

	if (!part)
		return ERR_NO_MEMORY;
	t->info.nr_modules = e->n_modules;
	if (!e->initrd_given)
		return packed_modules(e, arena, module);
	for (unsigned i = 0; i < e->n_modules; i++)
		module[i] = part[i] = &e->module[i].file;
	if (e->n_modules < 2)
		return 0;
	t->info.nr_modules = 1;
	module[0] = arena_alloc(arena, sizeof(*module[0]));
	return module[0] ? join_files(module[0], part, e->n_modules, arena) :
	       ERR_NO_MEMORY;
}

static int place_modules(struct boot_entry *e, struct told *t,
			 const struct multiboot_image *img, struct memmap *m,
			 struct file **module, struct handover *ho)
{
	int err = 0;

	for (unsigned i = 0; i < t->info.nr_modules && !err; i++) {
		struct multiboot_place at;

		err = multiboot_place_module(img, m, e->module[i].path,
				module[i], e->initrd_given ? PIECE_INITRD :
				PIECE_MODULE, &at, ho);
		if (err)
			break;
		t->module[i].paddr = at.start;
		t->module[i].size = at.end - at.start;
	}
	return err;
}

static void tell_map(struct told *t, const struct memmap *map)
{
	for (unsigned i = 0; i < map->n; i++) {
		const struct memrange *r = &map->r[i];

		t->map[i] = (struct hvm_memmap_table_entry){
			.addr = r->start, .size = r->end - r->start,
			.type = r->type == MEM_LOADER ? MEM_RAM : r->type };
	}
}

/* Text of T's modules and kernel, from USED on. */
static void tell_text(struct told *t, const struct boot_entry *e, uint64_t at,
		      size_t used)
{
	for (unsigned i = 0; i <= t->info.nr_modules; i++) {
		const char *text = i ? e->module[i - 1].args : e->args;
		size_t len = strlen(text) + 1;

		memcpy((char *)t + used, text, len);
		if (i)
			t->module[i - 1].cmdline_paddr = at + used;
		else
			t->info.cmdline_paddr = at + used;
		used += len;
	}
}

static size_t size_of(const struct boot_entry *e, size_t n_ranges)
{
	size_t n = sizeof(struct told) + strlen(e->args) + 1 +
		   n_ranges * sizeof(struct hvm_memmap_table_entry);

	for (unsigned i = 0; i < e->n_modules; i++)
		n += strlen(e->module[i].args) + 1;
	return n;
}

static int tell(struct boot_entry *e, struct told *t, const struct memmap *map,
		const struct memmap *m, struct handover *ho)
{
	size_t size = size_of(e, map->n);
	uint64_t at;

	/* Linux has mapped the first GiB when it reads that. */
	if (memmap_find_high(m, size, 16, 0x1000, 0xa0000, &at))
		return ERR_NO_MEMORY;
	t->info.magic = XEN_HVM_START_MAGIC_VALUE;
	t->info.version = 1;
	t->info.modlist_paddr = at + offsetof(struct told, module);
	t->info.memmap_paddr = at + offsetof(struct told, map);
	t->info.memmap_entries = map->n;
	tell_map(t, map);
	tell_text(t, e, at, sizeof(*t) + map->n * sizeof(t->map[0]));
	ho->rbx = at;
	return handover_mem(ho, PIECE_PVH_INFO, at, size, t, size);
}

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	struct multiboot_image *img = arena_alloc(arena, sizeof(*img));
	struct memmap *m = arena_alloc(arena, sizeof(*m));
	/* Unpacking takes memory out of the map, which gets longer. */
	struct told *t = arena_alloc(arena, size_of(e, MEMMAP_MAX));
	struct file *module[BOOT_MODULES];
	uint64_t entry;
	int err;

	if (!img || !m || !t)
		return ERR_NO_MEMORY;
	if ((err = read_entry(e, &entry)) ||
	    (err = multiboot_image_elf(img, &e->kernel)) ||
	    (err = segment_check_entry(img->segment, img->n, entry)) ||
	    (err = open_modules(e, t, arena, module)))
		return err;
	*m = *map;
	if ((err = multiboot_place_image(img, m, &e->kernel, ho)) ||
	    (err = place_modules(e, t, img, m, module, ho)) ||
	    (err = tell(e, t, map, m, ho)))
		return err;
	ho->mode = GO_PROT32;
	ho->entry_name = "pvh";
	ho->entry = entry;
	return 0;
}

const struct kernel_format pvh_format = {
	.name = "pvh",
	.by = BY_KERNEL,
	.probe = pvh_probe,
	.load = load,
};
