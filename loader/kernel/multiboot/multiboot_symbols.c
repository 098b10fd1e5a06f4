/*
 * Multiboot 0.6.96, 3.3, bit 5 of flags: all sections are in memory, and each
 * header says where.  Those without an address, symbols and strings, lie
 * together at the end of a file: they are carried as the one stretch from the
 * first to the last.  A kernel runs without them, so that headers which make no
 * sense, or have no room, are as good as none.
 */
#include "loader/kernel/multiboot/multiboot_symbols.h"

#include <elf.h>

#include "loader/base/err.h"

#define PAGE 4096u
#define SECTIONS_MAX 1024	/* 40 KiB of headers */
#define END_4G 0x100000000

static bool is_extra(const Elf32_Shdr *s)
{
	return !s->sh_addr && s->sh_size && s->sh_type != SHT_NULL &&
	       s->sh_type != SHT_NOBITS;
}

/* From *START to *END of the file lie the extra sections.  False: nonsense. */
static bool find_extra(const Elf32_Shdr *s, uint32_t n, uint64_t file_size,
		       uint64_t *start, uint64_t *end)
{
	*start = file_size;
	*end = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t last = (uint64_t)s[i].sh_offset + s[i].sh_size;

		if (!is_extra(&s[i]))
			continue;
		if (last > file_size)
			return false;
		if (s[i].sh_offset < *start)
			*start = s[i].sh_offset;
		if (last > *end)
			*end = last;
	}
	if (*start > *end)
		*start = *end;
	*start &= -(uint64_t)PAGE;	/* each keeps its alignment in a page */
	return true;
}

static int place(Elf32_Shdr *s, uint32_t n, uint64_t start, uint64_t end,
		 const struct multiboot_image *img, struct file *file,
		 struct memmap *m, struct handover *ho, uint32_t *addr)
{
	uint64_t len = end - start, headers = n * sizeof(*s), at;
	uint64_t size = ((len + 15) & ~15ull) + headers;
	int err;

	if (memmap_find_low(m, size, PAGE, img->end, END_4G, &at)) {
		err_clear();
		return 0;
	}
	for (uint32_t i = 0; i < n; i++)
		if (is_extra(&s[i]))
			s[i].sh_addr = (uint32_t)(at + s[i].sh_offset - start);
	*addr = (uint32_t)(at + size - headers);
	if (len && (err = handover_file(ho, PIECE_SYMBOLS, at, len, file, start,
					len)))
		return err;
	err = handover_mem(ho, PIECE_SECTIONS, *addr, headers, s, headers);
	return err ? err : memmap_set(m, at, (at + size + PAGE - 1) &
				      -(uint64_t)PAGE, MEM_LOADER);
}

int multiboot_symbols_place(const struct multiboot_image *img,
			    struct file *file, struct memmap *m,
			    struct arena *arena, struct handover *ho,
			    uint32_t *addr)
{
	uint32_t n = img->sections.n;
	uint64_t off = img->sections.off, start, end;
	Elf32_Shdr *s;
	int err;

	*addr = 0;
	if (!n || n > SECTIONS_MAX || img->sections.names >= n ||
	    off > file->size || n * sizeof(*s) > file->size - off)
		return 0;
	s = arena_alloc(arena, n * sizeof(*s));
	if (!s)
		return ERR_NO_MEMORY;
	if ((err = fs_read(file, off, n * sizeof(*s), s)))
		return err;
	if (!find_extra(s, n, file->size, &start, &end))
		return 0;
	return place(s, n, start, end, img, file, m, ho, addr);
}
