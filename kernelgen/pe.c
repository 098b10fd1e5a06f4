/*
 * PE/COFF specification: "COFF File Header", "Optional Header", "Section
 * Table".  Position-independent code, so there are no relocations.
 */
#include "kernelgen/pe.h"

#include <stddef.h>
#include <string.h>

#define PAGE 4096
#define PE 0x40			/* right behind the MZ header */

struct pe_section {
	char name[8];
	uint32_t virtual_size, virtual_address;
	uint32_t raw_size, raw_offset;
	uint32_t relocations, line_numbers;
	uint16_t n_relocations, n_line_numbers;
	uint32_t flags;
} __attribute__((packed));

struct pe {
	char magic[4];
	uint16_t machine, n_sections;
	uint32_t time, symbols, n_symbols;
	uint16_t optional_size, flags;
	/* the optional header */
	uint16_t optional_magic;
	uint8_t linker_major, linker_minor;
	uint32_t code_size, data_size, bss_size, entry, code_base;
	uint64_t image_base;
	uint32_t section_align, file_align;
	uint16_t os_major, os_minor, image_major, image_minor;
	uint16_t subsystem_major, subsystem_minor;
	uint32_t win32_version, image_size, header_size, checksum;
	uint16_t subsystem, dll_flags;
	uint64_t stack_reserve, stack_commit, heap_reserve, heap_commit;
	uint32_t loader_flags, n_directories;
	uint64_t directory[6];
	struct pe_section section[2];
} __attribute__((packed));

_Static_assert(offsetof(struct pe, optional_magic) == 24, "COFF header");
_Static_assert(offsetof(struct pe, section) == 24 + 160, "optional header");
_Static_assert(PE + sizeof(struct pe) <= 0x1f0, "below the setup header");

void pe_header(uint8_t *file, uint64_t setup, uint64_t text, uint64_t len,
	       uint64_t size, uint64_t entry)
{
	uint32_t end = (uint32_t)((size + PAGE - 1) & -PAGE);
	struct pe pe = {
		.magic = "PE\0",
		.machine = 0x8664,
		.n_sections = 2,
		.optional_size = 160,
		.flags = 0x0206,	/* executable, no symbols, no lines */
		.optional_magic = 0x20b,
		.code_size = (uint32_t)(len - text),
		.bss_size = end - (uint32_t)len,
		.entry = (uint32_t)entry,
		.code_base = (uint32_t)text,
		.section_align = PAGE,
		.file_align = 512,
		.image_major = 1,	/* Linux: takes LoadFile2's initrd */
		.image_size = end,
		.header_size = (uint32_t)setup,
		.subsystem = 10,	/* EFI application */
		.n_directories = 6,
		.section = {
			{ .name = ".setup",
			  .virtual_size = (uint32_t)(text - setup),
			  .virtual_address = (uint32_t)setup,
			  .raw_size = (uint32_t)(text - setup),
			  .raw_offset = (uint32_t)setup,
			  .flags = 0x40000040 },	/* data, readable */
			{ .name = ".text",
			  .virtual_size = end - (uint32_t)text,
			  .virtual_address = (uint32_t)text,
			  .raw_size = (uint32_t)(len - text),
			  .raw_offset = (uint32_t)text,
			  .flags = 0xe0000020 },	/* code, all rights */
		},
	};

	memcpy(file, "MZ", 2);
	file[0x3c] = PE;
	memcpy(file + PE, &pe, sizeof(pe));
}
