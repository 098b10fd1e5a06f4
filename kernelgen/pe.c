/* loader/abi/pe.h.  Position-independent code, so there are no relocations. */
#include "kernelgen/pe.h"

#include <string.h>

#include "loader/abi/pe.h"

#define PAGE 4096
#define PE 0x40			/* right behind the MZ header */
#define N_DIRECTORIES 6
#define OPTIONAL_SIZE (sizeof(struct pe_header) \
	- offsetof(struct pe_header, optional_magic) \
	+ N_DIRECTORIES * sizeof(struct pe_directory))

struct pe {
	struct pe_header h;
	struct pe_directory directory[N_DIRECTORIES];
	struct pe_section section[4];	/* two of its own */
} __attribute__((packed));

_Static_assert(PE + sizeof(struct pe) <= 0x1f0, "below the setup header");

void pe_header(uint8_t *file, uint64_t setup, uint64_t text, uint64_t len,
	       uint64_t size, uint64_t entry)
{
	uint32_t end = (uint32_t)((size + PAGE - 1) & -PAGE);
	struct pe pe = {
		.h = {
			.magic = PE_MAGIC,
			.machine = PE_MACHINE_X86_64,
			.n_sections = 2,
			.optional_size = OPTIONAL_SIZE,
			.flags = 0x0206, /* executable, no symbols, lines */
			.optional_magic = PE_OPTIONAL_PLUS,
			.code_size = (uint32_t)(len - text),
			.bss_size = end - (uint32_t)len,
			.entry = (uint32_t)entry,
			.code_base = (uint32_t)text,
			.section_align = PAGE,
			.file_align = 512,
			.image_major = 1, /* Linux: takes LoadFile2's initrd */
			.image_size = end,
			.header_size = (uint32_t)setup,
			.subsystem = PE_SUBSYSTEM_EFI_APPLICATION,
			.n_directories = N_DIRECTORIES,
		},
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
	file[PE_MZ_OFFSET] = PE;
	memcpy(file + PE, &pe, sizeof(pe));
}

void pe_add_section(uint8_t *file, const char *name, size_t at, size_t len)
{
	struct pe *pe = (void *)(file + PE);
	struct pe_section s = {
		.virtual_size = (uint32_t)len,
		.virtual_address = pe->h.image_size,
		.raw_size = (uint32_t)len,
		.raw_offset = (uint32_t)at,
		.flags = 0x40000040,	/* data, readable */
	};

	memcpy(s.name, name, strnlen(name, sizeof(s.name)));
	pe->section[pe->h.n_sections++] = s;
	pe->h.image_size += (uint32_t)((len + PAGE - 1) & -PAGE);
}
