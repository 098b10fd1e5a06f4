/*
 * Reads a Xen PV kernel (plain ELF64) and describes the domain it wants.
 * The rules are those of Xen's own builder: segments go by p_paddr, never by
 * p_vaddr, and VIRT_BASE is where pseudo-physical 0 is mapped.
 */
#include "loader/kernel/xenpv/xenpv.h"

#include <elf.h>
#include <string.h>

#include "loader/abi/xen.h"
#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/xenpv/xenpv_notes.h"

#define MAX_SEGMENT_HEADERS 64u

static int read_header(struct file *f, Elf64_Ehdr *eh)
{
	int err = fs_read(f, 0, sizeof(*eh), eh);

	if (err)
		return err;
	if (memcmp(eh->e_ident, ELFMAG, SELFMAG))
		return fail(ERR_EXEC_FORMAT, "not an ELF file");
	if (eh->e_ident[EI_CLASS] == ELFCLASS32)
		return fail(
			ERR_EXEC_FORMAT,
			"a 32-bit kernel: only 64-bit Xen PV kernels start");
	if (eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh->e_ident[EI_DATA] != ELFDATA2LSB || eh->e_machine != EM_X86_64)
		return fail(ERR_EXEC_FORMAT, "not an x86-64 kernel");
	if (eh->e_phentsize != sizeof(Elf64_Phdr) || !eh->e_phnum ||
	    eh->e_phnum > MAX_SEGMENT_HEADERS ||
	    eh->e_phoff > f->size || eh->e_shoff > f->size)
		return fail(ERR_EXEC_FORMAT, "bad ELF program headers");
	return 0;
}

/* A feature that follows a '!' is one the kernel cannot do without. */
static bool feature_known(const char *name, size_t len)
{
	static const char *const known[] = {
		"writable_page_tables", "writable_descriptor_tables",
		"pae_pgdir_above_4gb", "mmu_pt_update_preserve_ad",
		"highmem_assist", "gnttab_map_avail_bits", "dom0",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i]) == len && !memcmp(known[i], name, len))
			return true;
	return false;
}

static int check_features(const char *p)
{
	while (*p) {
		size_t len = strcspn(p, "|");

		if (*p == '!' && !feature_known(p + 1, len - 1))
			return fail(ERR_EXEC_FORMAT,
				    "the kernel requires %.*s of Xen",
				    (int)len - 1, p + 1);
		p += len;
		p += *p == '|';
	}
	return 0;
}

static int check_notes(const struct xenpv_notes *n)
{
	if (!n->n)
		return fail(ERR_EXEC_FORMAT,
			    "not a Xen PV kernel: no Xen notes");
	if (n->pvh_entry != XENPV_NONE && n->entry == XENPV_NONE &&
	    n->virt_base == XENPV_NONE && n->hypercall_page == XENPV_NONE)
		return fail(ERR_EXEC_FORMAT,
			    "not a Xen PV kernel: its notes are for PVH only");
	if (strncmp(n->xen_version, "xen-3.0", 7))
		return fail(ERR_EXEC_FORMAT, "kernel for Xen \"%s\"",
			    n->xen_version);
	if (strcmp(n->loader, "generic") && strcmp(n->guest_os, "linux"))
		return fail(ERR_EXEC_FORMAT, "kernel for Xen loader \"%s\"",
			    n->loader);
	if (n->paddr_offset != XENPV_NONE && n->virt_base == XENPV_NONE)
		return fail(ERR_EXEC_FORMAT,
			    "Xen note PADDR_OFFSET without VIRT_BASE");
	return check_features(n->features);
}

static int add_segment(struct xenpv_image *img, const Elf64_Phdr *ph,
		       uint64_t paddr_offset, const struct file *f)
{
	struct xenpv_segment *s = &img->seg[img->n];
	uint64_t end;

	if (img->n == XENPV_SEGMENTS)
		return fail(ERR_EXEC_FORMAT, "more than %u ELF segments",
			    XENPV_SEGMENTS);
	if (ph->p_paddr < paddr_offset || ph->p_filesz > ph->p_memsz ||
	    __builtin_add_overflow(ph->p_paddr - paddr_offset, ph->p_memsz,
				   &end) || end > 1ul << 46)
		return fail(ERR_EXEC_FORMAT, "ELF segment of %lx at %lx",
			    ph->p_memsz, ph->p_paddr);
	if (ph->p_offset > f->size || ph->p_filesz > f->size - ph->p_offset)
		return fail(ERR_FILE_LENGTH,
			    "kernel is cut short: %lu bytes", f->size);
	*s = (struct xenpv_segment){ ph->p_paddr - paddr_offset, ph->p_memsz,
				     ph->p_offset, ph->p_filesz };
	if (s->addr < img->start)
		img->start = s->addr;
	if (end > img->end)
		img->end = end;
	img->n++;
	return 0;
}

static int read_segments(struct file *f, const Elf64_Ehdr *eh,
			 uint64_t paddr_offset, struct xenpv_image *img)
{
	img->start = UINT64_MAX;
	for (unsigned i = 0; i < eh->e_phnum; i++) {
		Elf64_Phdr ph;
		int err = fs_read(f, eh->e_phoff + i * sizeof(ph), sizeof(ph),
				  &ph);

		if (!err && ph.p_type == PT_LOAD && ph.p_memsz)
			err = add_segment(img, &ph, paddr_offset, f);
		if (err)
			return err;
	}
	if (!img->n)
		return fail(ERR_EXEC_FORMAT, "no ELF segment to load");
	return 0;
}

/* Addresses must be usable ones, and inside what is loaded. */
static int check_addresses(const struct xenpv_image *img)
{
	uint64_t low, high;

	if (img->virt_base & (XEN_PAGE - 1) ||
	    __builtin_add_overflow(img->virt_base, img->start, &low) ||
	    __builtin_add_overflow(img->virt_base, img->end, &high))
		return fail(ERR_EXEC_FORMAT, "Xen note VIRT_BASE %lx",
			    img->virt_base);
	if (img->entry < low || img->entry > high)
		return fail(ERR_EXEC_FORMAT,
			    "entry %lx is outside the kernel (%lx to %lx)",
			    img->entry, low, high);
	if (img->hypercall_page == XENPV_NONE)
		return 0;
	if (img->hypercall_page & (XEN_PAGE - 1) ||
	    img->hypercall_page < low || high - low < XEN_PAGE ||
	    img->hypercall_page > high - XEN_PAGE)
		return fail(ERR_EXEC_FORMAT, "hypercall page %lx is outside "
			    "the kernel", img->hypercall_page);
	return 0;
}

int xenpv_parse(struct file *f, struct xenpv_image *img)
{
	struct xenpv_notes n;
	uint64_t paddr_offset;
	Elf64_Ehdr eh;
	int err;

	*img = (struct xenpv_image){ 0 };
	if ((err = read_header(f, &eh)) ||
	    (err = xenpv_notes_read(f, &eh, &n)) || (err = check_notes(&n)))
		return err;
	img->virt_base = n.virt_base == XENPV_NONE ? 0 : n.virt_base;
	paddr_offset = n.paddr_offset;
	if (paddr_offset == XENPV_NONE)
		paddr_offset = n.legacy ? img->virt_base : 0;
	img->entry = n.entry == XENPV_NONE ? eh.e_entry : n.entry;
	img->hypercall_page = n.hypercall_page;
	if (n.legacy && n.hypercall_page != XENPV_NONE)	/* a page number */
		img->hypercall_page = img->virt_base +
				      n.hypercall_page * XEN_PAGE;
	img->init_p2m = n.init_p2m;
	if (n.init_p2m >= img->virt_base || n.init_p2m & (XEN_PAGE - 1))
		img->init_p2m = XENPV_NONE;
	img->mod_start_pfn = n.mod_start_pfn != XENPV_NONE && n.mod_start_pfn;
	img->is_linux = !strcmp(n.guest_os, "linux");
	err = read_segments(f, &eh, paddr_offset, img);
	return err ? err : check_addresses(img);
}

static bool xenpv_probe(struct span head)
{
	return head.len >= sizeof(Elf64_Ehdr) &&
	       !memcmp(head.p, ELFMAG, SELFMAG);
}

static uint64_t padded(uint64_t len, uint64_t align)
{
	return (len + align - 1) & -align;
}

/*
 * The list of modules, at the start of the module memory; its addresses count
 * from there (xen.h, SIF_MULTIBOOT_MOD).  Each module begins a page.
 */
static int make_list(struct boot_entry *e, struct arena *arena,
		     void **list, uint64_t *size)
{
	struct xen_multiboot_mod_list *l;
	uint64_t text = (e->n_modules + 1) * sizeof(*l), at, bytes = text;

	for (unsigned i = 0; i < e->n_modules; i++)
		bytes += strlen(e->module[i].args) + 1;
	at = padded(bytes, XEN_PAGE);
	*size = at;
	*list = l = arena_alloc(arena, at);
	if (!l)
		return ERR_NO_MEMORY;
	for (unsigned i = 0; i < e->n_modules; i++, l++) {
		const struct boot_module *m = &e->module[i];
		uint64_t end = at + m->file.size;

		if (m->file.size > UINT32_MAX || end > UINT32_MAX)
			return fail(ERR_NO_MEMORY,
				    "%s: modules beyond 4 GiB", m->path);
		l->mod_start = (uint32_t)at;
		l->mod_end = (uint32_t)end;
		l->cmdline = (uint32_t)text;
		memcpy((char *)*list + text, m->args, strlen(m->args) + 1);
		text += strlen(m->args) + 1;
		at = padded(end, XEN_PAGE);
	}
	return 0;
}

static uint64_t module_align(bool list)
{
	return list ? XEN_PAGE : 4;
}

static int add_modules(struct boot_entry *e, const struct xenpv *x,
		       const void *list, uint64_t list_size,
		       struct handover *ho)
{
	uint64_t at = x->initrd.pfn * XEN_PAGE;
	int err = 0;

	if (list) {
		err = handover_mem(ho, PIECE_MODULE_LIST, at, list_size, list,
				   list_size);
		at += list_size;
	}
	for (unsigned i = 0; !err && i < e->n_modules; i++) {
		struct file *f = (struct file *)&e->module[i].file;
		uint64_t size = padded(f->size, module_align(list));

		err = handover_file(ho, list ? PIECE_MODULE : PIECE_INITRD, at,
				    size, f, 0, f->size);
		at += size;
	}
	return err;
}

static int add_kernel(struct boot_entry *e, const struct xenpv *x,
		      struct handover *ho)
{
	int err = 0;

	for (unsigned i = 0; !err && i < x->image.n; i++) {
		const struct xenpv_segment *s = &x->image.seg[i];

		err = handover_file(ho, PIECE_KERNEL, s->addr, s->size,
				    (struct file *)&e->kernel, s->off, s->len);
	}
	return err;
}

static int module_bytes(struct boot_entry *e, bool list, uint64_t *len)
{
	for (unsigned i = 0; i < e->n_modules; i++) {
		uint64_t size = e->module[i].file.size;

		if (size > 1ul << 46)
			return fail(ERR_NO_MEMORY, "%s: %lu bytes",
				    e->module[i].path, size);
		if (i + 1 < e->n_modules)
			size = padded(size, module_align(list));
		*len += size;
	}
	return 0;
}

static int xenpv_load(struct boot_entry *e, const struct memmap *map,
		      struct arena *arena, struct handover *ho)
{
	struct xenpv *x = arena_alloc(arena, sizeof(*x));
	uint64_t list_size = 0;
	void *list = NULL;
	int err;

	if (!x)
		return ERR_NO_MEMORY;
	err = xenpv_parse((struct file *)&e->kernel, &x->image);
	if (!err && e->n_modules && !e->initrd_given && !x->image.is_linux) {
		x->flags = SIF_MULTIBOOT_MOD;
		err = make_list(e, arena, &list, &list_size);
	}
	if (err)
		return err;
	x->cmdline = e->args;
	x->nr_pages = map->n ? map->r[map->n - 1].end / XEN_PAGE : 0;
	x->mod_len = list_size;
	if ((err = module_bytes(e, list, &x->mod_len)) ||
	    (err = xenpv_layout(x)) || (err = add_kernel(e, x, ho)) ||
	    (err = add_modules(e, x, list, list_size, ho)))
		return err;
	ho->mode = GO_XENPV;
	ho->entry_name = "xenpv";
	ho->entry = x->image.entry;
	ho->stack = xenpv_va(x, x->stack + 1);
	ho->rsi = xenpv_va(x, x->start_info);
	ho->extra.xenpv = x;
	return 0;
}

const struct kernel_format xenpv_format = {
	.name = "xenpv", .by = BY_KERNEL, .probe = xenpv_probe,
	.load = xenpv_load,
};
