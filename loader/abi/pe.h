/*
 * PE32+ as EFI applications have it ("PE Format", Microsoft: "COFF File
 * Header", "Optional Header", "Section Table").  Each struct pe_header is
 * followed by n_directories directories; optional_size bytes behind
 * optional_magic the sections begin.
 */
#ifndef LOADER_ABI_PE_H
#define LOADER_ABI_PE_H

#include <stddef.h>
#include <stdint.h>

#define PE_MZ_MAGIC 0x5a4d		/* "MZ", at the file's start */
#define PE_MZ_OFFSET 0x3c		/* there: where struct pe_header is */
#define PE_MAGIC 0x4550			/* "PE\0\0" */
#define PE_MACHINE_X86_64 0x8664
#define PE_OPTIONAL_PLUS 0x20b		/* optional_magic of PE32+ */
#define PE_SUBSYSTEM_EFI_APPLICATION 10
#define PE_DIRECTORY_CERTIFICATES 4
#define PE_SECTIONS_MAX 96

struct pe_header {
	uint32_t magic;
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
} __attribute__((packed));

struct pe_directory {
	uint32_t addr, size;
} __attribute__((packed));

struct pe_section {
	char name[8];
	uint32_t virtual_size, virtual_address;
	uint32_t raw_size, raw_offset;
	uint32_t relocations, line_numbers;
	uint16_t n_relocations, n_line_numbers;
	uint32_t flags;
} __attribute__((packed));

_Static_assert(offsetof(struct pe_header, optional_magic) == 24, "COFF");
_Static_assert(sizeof(struct pe_header) == 24 + 112, "optional header");
_Static_assert(sizeof(struct pe_section) == 40, "section table");

#endif
