/*
 * Reads a Multiboot 2 image: the tags of its header, then the segments of the
 * ELF file that it is, of 32 or 64 bits, by p_paddr.  A tag that is not known
 * and not optional is a demand that is refused.
 */
#include "loader/kernel/multiboot/multiboot2_image.h"

#include <elf.h>
#include <string.h>

#include "loader/abi/multiboot2.h"
#include "loader/base/err.h"

#define SEARCH 8192	/* bytes for the header; the standard has 32768 */

static bool find_header(struct span s, uint64_t *at, uint32_t *len)
{
	for (*at = 0; *at + sizeof(struct multiboot2_header) <= s.len;
	     *at += MULTIBOOT2_ALIGN) {
		*len = span_u32(&s, *at + 8);
		if (span_u32(&s, *at) == MULTIBOOT2_HEADER_MAGIC &&
		    !(MULTIBOOT2_HEADER_MAGIC + span_u32(&s, *at + 4) + *len +
		      span_u32(&s, *at + 12)))
			return true;
	}
	return false;
}

static void want_picture(struct multiboot2_image *img, bool required)
{
	img->picture = true;
	img->picture_required |= required;
}

/* What it asks to be told; 12 and 20 are told always. */
static bool can_tell(struct multiboot2_image *img, struct span *s, uint64_t at,
		     uint32_t size, bool required)
{
	static const uint32_t known = 1u << MULTIBOOT2_CMDLINE |
		1u << MULTIBOOT2_LOADER | 1u << MULTIBOOT2_MODULE |
		1u << MULTIBOOT2_MEMORY | 1u << MULTIBOOT2_MMAP |
		1u << MULTIBOOT2_EFI64 | 1u << MULTIBOOT2_EFI_BS |
		1u << MULTIBOOT2_EFI64_IMAGE | 1u << MULTIBOOT2_LOAD_BASE |
		1u << MULTIBOOT2_FRAMEBUFFER;

	for (uint64_t i = at + 8; i + 4 <= at + size; i += 4) {
		uint32_t type = span_u32(s, i);

		if (type > 31 || !(known & 1u << type))
			return false;
		if (type == MULTIBOOT2_FRAMEBUFFER)
			want_picture(img, required);
	}
	return true;
}

/* One tag of the header.  False: it demands what is not to be had. */
static bool take_tag(struct multiboot2_image *img, struct span *s, uint64_t at,
		     uint16_t type, uint32_t size, bool required)
{
	switch (type) {
	case MULTIBOOT2_HEADER_REQUEST:
		return can_tell(img, s, at, size, required);
	case MULTIBOOT2_HEADER_CONSOLE:
		if (span_u32(s, at + 8) & MULTIBOOT2_CONSOLE_REQUIRED)
			want_picture(img, required);
		return true;
	case MULTIBOOT2_HEADER_FRAMEBUFFER:
		if (size < 20)
			return false;
		want_picture(img, required);
		img->width = span_u32(s, at + 8);
		img->height = span_u32(s, at + 12);
		img->depth = span_u32(s, at + 16);
		return true;
	case MULTIBOOT2_HEADER_MODULE_ALIGN:
		return true;	/* they always begin at pages */
	case MULTIBOOT2_HEADER_EFI_BS:
		img->boot_services = true;
		return true;
	case MULTIBOOT2_HEADER_ENTRY_EFI64:
		img->entry = span_u32(s, at + 8);
		return true;
	case MULTIBOOT2_HEADER_RELOCATABLE:
		img->min = span_u32(s, at + 8);
		img->max = span_u32(s, at + 12);
		img->align = span_u32(s, at + 16);
		img->relocatable = img->align &&
				   !(img->align & (img->align - 1));
		return img->relocatable;
	}
	return false;
}

static int read_tags(struct multiboot2_image *img, struct span s, uint64_t at,
		     uint32_t len)
{
	uint64_t end = at + len;

	at += sizeof(struct multiboot2_header);
	while (at + 8 <= end && !s.bad) {
		uint16_t type = span_u16(&s, at), flags = span_u16(&s, at + 2);
		bool required = !(flags & MULTIBOOT2_OPTIONAL);
		uint32_t size = span_u32(&s, at + 4);

		if (type == MULTIBOOT2_HEADER_END)
			break;
		if (size < 8 || size > end - at)
			return fail(ERR_EXEC_FORMAT, "Multiboot 2 header tag "
				    "%u of %u bytes", type, size);
		if (!take_tag(img, &s, at, type, size, required) && required)
			return fail(ERR_MULTIBOOT, "Multiboot 2 header tag %u",
				    type);
		at += (size + 7ull) & ~7ull;
	}
	return s.bad ? fail(ERR_EXEC_FORMAT, "Multiboot 2 header is cut") : 0;
}

static int add_segment(struct multiboot2_image *img, struct file *file,
		       const Elf64_Phdr *p)
{
	uint64_t addr = p->p_paddr, size = p->p_memsz;

	if (p->p_type != PT_LOAD || !size)
		return 0;
	if (p->p_filesz > size || size > UINT32_MAX || addr > UINT32_MAX - size)
		return fail(ERR_EXEC_FORMAT, "segment of %lu bytes at %lx",
			    size, addr);
	if (p->p_offset > file->size || p->p_filesz > file->size - p->p_offset)
		return fail(ERR_FILE_LENGTH, "kernel of %lu bytes, segment of "
			    "%lu at %lu", file->size, p->p_filesz,
			    p->p_offset);
	if (img->n == MULTIBOOT2_SEGMENTS)
		return fail(ERR_EXEC_FORMAT, "more than %u segments",
			    MULTIBOOT2_SEGMENTS);
	if (!img->n || addr < img->start)
		img->start = addr;
	if (addr + size > img->end)
		img->end = addr + size;
	img->segment[img->n].addr = addr;
	img->segment[img->n].size = size;
	img->segment[img->n].off = p->p_offset;
	img->segment[img->n++].len = p->p_filesz;
	return 0;
}

static int read_elf32(struct multiboot2_image *img, struct file *file)
{
	Elf32_Ehdr e;
	int err = fs_read(file, 0, sizeof(e), &e);

	if (!err && (e.e_machine != EM_386 ||
		     e.e_phentsize != sizeof(Elf32_Phdr)))
		return fail(ERR_EXEC_FORMAT, "not an ELF file for x86");
	for (unsigned i = 0; !err && i < e.e_phnum; i++) {
		Elf32_Phdr p;

		err = fs_read(file, e.e_phoff + (uint64_t)i * sizeof(p),
			      sizeof(p), &p);
		if (!err)
			err = add_segment(img, file, &(Elf64_Phdr){
				.p_type = p.p_type, .p_paddr = p.p_paddr,
				.p_memsz = p.p_memsz, .p_offset = p.p_offset,
				.p_filesz = p.p_filesz });
	}
	return err;
}

static int read_elf64(struct multiboot2_image *img, struct file *file)
{
	Elf64_Ehdr e;
	int err = fs_read(file, 0, sizeof(e), &e);

	if (!err && (e.e_machine != EM_X86_64 ||
		     e.e_phentsize != sizeof(Elf64_Phdr)))
		return fail(ERR_EXEC_FORMAT, "not an ELF file for x86-64");
	for (unsigned i = 0; !err && i < e.e_phnum; i++) {
		uint64_t at = (uint64_t)i * sizeof(Elf64_Phdr);
		Elf64_Phdr p;

		if (e.e_phoff > file->size)
			return fail(ERR_FILE_LENGTH, "program headers");
		err = fs_read(file, e.e_phoff + at, sizeof(p), &p);
		if (!err)
			err = add_segment(img, file, &p);
	}
	return err;
}

bool multiboot2_image_probe(struct span head)
{
	uint32_t len;
	uint64_t at;

	return find_header(head, &at, &len);
}

int multiboot2_image_read(struct multiboot2_image *img, struct file *file)
{
	uint8_t head[SEARCH];
	size_t len = file->size < sizeof(head) ? file->size : sizeof(head);
	uint32_t header_len;
	uint64_t at;
	int err;

	*img = (struct multiboot2_image){ 0 };
	if ((err = fs_read(file, 0, len, head)))
		return err;
	if (!find_header(span_of(head, len), &at, &header_len))
		return fail(ERR_EXEC_FORMAT, "no Multiboot 2 header");
	if ((err = read_tags(img, span_of(head, len), at, header_len)))
		return err;
	if (!img->boot_services || !img->entry)
		return fail(ERR_MULTIBOOT, "no entry for EFI with boot "
			    "services");
	if (len < EI_NIDENT || memcmp(head, ELFMAG, SELFMAG))
		return fail(ERR_EXEC_FORMAT, "Multiboot 2 image that is no "
			    "ELF");
	err = head[EI_CLASS] == ELFCLASS64 ? read_elf64(img, file) :
	      read_elf32(img, file);
	return err ? err :
		segment_check_entry(img->segment, img->n, img->entry);
}
