/*
 * Reads a Multiboot 1 image: either the addresses in its header count, or it
 * is an ELF file whose segments are loaded where p_paddr says.
 */
#include "loader/kernel/multiboot/multiboot_image.h"

#include <elf.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/multiboot/multiboot_header.h"

#define LOWEST 0x100000

static int add_segment(struct multiboot_image *img, struct file *file,
		       uint64_t addr, uint64_t size, uint64_t off, uint64_t len)
{
	if (!size)
		return 0;
	if (len > size || addr > UINT32_MAX || size > UINT32_MAX - addr)
		return fail(ERR_EXEC_FORMAT, "segment of %lu bytes at %lx",
			    size, addr);
	if (addr < LOWEST)
		return fail(ERR_BELOW_1MB, "segment at %lx", addr);
	if (off > file->size || len > file->size - off)
		return fail(ERR_FILE_LENGTH,
			    "kernel of %lu bytes, segment of %lu at %lu",
			    file->size, len, off);
	if (img->n == MULTIBOOT_SEGMENTS)
		return fail(ERR_EXEC_FORMAT, "more than %u segments",
			    MULTIBOOT_SEGMENTS);
	if (!img->n || addr < img->start)
		img->start = addr;
	if (addr + size > img->end)
		img->end = addr + size;
	img->segment[img->n].addr = addr;
	img->segment[img->n].size = size;
	img->segment[img->n].off = off;
	img->segment[img->n++].len = len;
	return 0;
}

/* Load and bss end may be 0: the file's end, and no bss. */
static int read_kludge(struct multiboot_image *img, struct file *file,
		       const struct multiboot_header *h, uint64_t at)
{
	uint64_t skipped = (uint64_t)h->header_addr - h->load_addr;
	uint64_t len, size;

	if (h->load_addr > h->header_addr || skipped > at)
		return fail(ERR_EXEC_FORMAT,
			    "Multiboot header at %x, image at %x",
			    h->header_addr, h->load_addr);
	len = h->load_end_addr ? (uint64_t)h->load_end_addr - h->load_addr :
	      file->size - (at - skipped);
	size = h->bss_end_addr ? (uint64_t)h->bss_end_addr - h->load_addr : len;
	img->entry = h->entry_addr;
	return add_segment(img, file, h->load_addr, size > len ? size : len,
			   at - skipped, len);
}

/* A program header of either class, as the 64-bit one. */
static int read_segment(struct multiboot_image *img, struct file *file,
			const Elf64_Phdr *p, uint64_t entry)
{
	if (p->p_type != PT_LOAD)
		return 0;
	/* The entry is a virtual address, where the two differ. */
	if (entry >= p->p_vaddr && entry - p->p_vaddr < p->p_memsz)
		img->entry = p->p_paddr + (entry - p->p_vaddr);
	return add_segment(img, file, p->p_paddr, p->p_memsz, p->p_offset,
			   p->p_filesz);
}

static int read_elf32(struct multiboot_image *img, struct file *file)
{
	Elf32_Ehdr e;
	Elf32_Phdr p;
	int err = fs_read(file, 0, sizeof(e), &e);

	if (err)
		return err;
	if (e.e_machine != EM_386 || e.e_phentsize != sizeof(p))
		return fail(ERR_EXEC_FORMAT, "ELF32 that is not of a 386");
	img->entry = e.e_entry;
	if (e.e_shentsize == sizeof(Elf32_Shdr)) {
		img->sections.n = e.e_shnum;
		img->sections.off = e.e_shoff;
		img->sections.names = e.e_shstrndx;
	}
	for (unsigned i = 0; !err && i < e.e_phnum; i++) {
		err = fs_read(file, e.e_phoff + (uint64_t)i * sizeof(p),
			      sizeof(p), &p);
		if (!err)
			err = read_segment(img, file, &(Elf64_Phdr){
				.p_type = p.p_type, .p_offset = p.p_offset,
				.p_vaddr = p.p_vaddr, .p_paddr = p.p_paddr,
				.p_filesz = p.p_filesz, .p_memsz = p.p_memsz },
				e.e_entry);
	}
	return err;
}

/*
 * Not in the specification, but GNU Mach and others are linked so and GRUB
 * loads them: the entry is 32-bit code all the same.
 */
static int read_elf64(struct multiboot_image *img, struct file *file)
{
	Elf64_Ehdr e;
	Elf64_Phdr p;
	int err = fs_read(file, 0, sizeof(e), &e);

	if (err)
		return err;
	if (e.e_machine != EM_X86_64 || e.e_phentsize != sizeof(p) ||
	    e.e_phoff > file->size)
		return fail(ERR_EXEC_FORMAT, "ELF64 that is not of an "
			    "x86-64");
	img->entry = e.e_entry;
	for (unsigned i = 0; !err && i < e.e_phnum; i++) {
		err = fs_read(file, e.e_phoff + (uint64_t)i * sizeof(p),
			      sizeof(p), &p);
		if (!err)
			err = read_segment(img, file, &p, e.e_entry);
	}
	return err;
}

int multiboot_image_elf(struct multiboot_image *img, struct file *file)
{
	unsigned char ident[EI_NIDENT];
	int err = fs_read(file, 0, sizeof(ident), ident);

	if (err)
		return err;
	if (memcmp(ident, ELFMAG, SELFMAG))
		return fail(ERR_EXEC_FORMAT, "image that is no ELF");
	return ident[EI_CLASS] == ELFCLASS64 ? read_elf64(img, file) :
	       read_elf32(img, file);
}

int multiboot_image_read(struct multiboot_image *img, struct file *file)
{
	uint8_t head[MULTIBOOT_SEARCH];
	size_t len = file->size < sizeof(head) ? file->size : sizeof(head);
	struct multiboot_header h = { 0 };
	uint64_t at;
	int err;

	*img = (struct multiboot_image){ 0 };
	if ((err = fs_read(file, 0, len, head)))
		return err;
	if (!multiboot_header_find(span_of(head, len), &at))
		return fail(ERR_EXEC_FORMAT, "no Multiboot header");
	memcpy(&h, head + at, len - at < sizeof(h) ? len - at : sizeof(h));
	img->flags = h.flags;
	if (h.flags & MULTIBOOT_VIDEO_MODE) {
		img->mode_type = h.mode_type;
		img->width = h.width;
		img->height = h.height;
		img->depth = h.depth;
	}
	if (h.flags & 0xffff & ~(MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY_INFO |
				 MULTIBOOT_VIDEO_MODE))
		return fail(ERR_MULTIBOOT, "flags %x", h.flags);
	err = h.flags & MULTIBOOT_AOUT_KLUDGE ?
		read_kludge(img, file, &h, at) : multiboot_image_elf(img, file);
	return err ? err :
		segment_check_entry(img->segment, img->n, img->entry);
}
