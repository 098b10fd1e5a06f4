/* Small Xen PV kernels made in memory, for tests. */
#ifndef TESTS_UNIT_PVELF_H
#define TESTS_UNIT_PVELF_H

#include <elf.h>
#include <stdint.h>

enum pvelf_notes { PVELF_SEGMENT, PVELF_SECTION, PVELF_LEGACY, PVELF_NONE };

struct pvelf {
	uint8_t file[16384];
	uint64_t size;
	/* The segments' bytes, at file offsets 0x1000 and 0x2000. */
	Elf64_Phdr load[2];
	uint8_t note[1024];
	uint32_t note_len;
};

/* Two segments: [paddr, +0x1000) and [paddr + 0x3000, +0x800 of 0x2000). */
void pvelf_begin(struct pvelf *k, uint64_t paddr);
void pvelf_string(struct pvelf *k, uint32_t type, const char *value);
void pvelf_number(struct pvelf *k, uint32_t type, uint64_t value, uint32_t len);
/* The usual notes: version, loader, guest. */
void pvelf_usual(struct pvelf *k);
/* Put headers, notes (or TEXT as __xen_guest) into k->file. */
void pvelf_end(struct pvelf *k, enum pvelf_notes where, const char *text);

#endif
