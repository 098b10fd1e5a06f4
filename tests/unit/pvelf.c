#include "tests/unit/pvelf.h"

#include <string.h>

#include "loader/abi/xen.h"

#define NOTES_AT 0x3000u
#define STRINGS_AT 0x3800u
#define SECTIONS_AT 0x3900u

void pvelf_begin(struct pvelf *k, uint64_t paddr)
{
	memset(k, 0, sizeof(*k));
	memset(k->file + 0x1000, 0x11, 0x1000);
	memset(k->file + 0x2000, 0x22, 0x1000);
	k->load[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_offset = 0x1000,
		.p_paddr = paddr, .p_filesz = 0x1000, .p_memsz = 0x1000 };
	k->load[1] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_offset = 0x2000,
		.p_paddr = paddr + 0x3000, .p_filesz = 0x800,
		.p_memsz = 0x2000 };
}

static void put_note(struct pvelf *k, uint32_t type, const void *p,
		     uint32_t len)
{
	Elf64_Nhdr h = { 4, len, type };
	uint8_t *to = k->note + k->note_len;

	memcpy(to, &h, sizeof(h));
	memcpy(to + sizeof(h), "Xen", 4);
	memcpy(to + sizeof(h) + 4, p, len);
	k->note_len += (uint32_t)sizeof(h) + 4 + ((len + 3) & ~3u);
}

void pvelf_string(struct pvelf *k, uint32_t type, const char *value)
{
	put_note(k, type, value, (uint32_t)strlen(value) + 1);
}

void pvelf_number(struct pvelf *k, uint32_t type, uint64_t value, uint32_t len)
{
	put_note(k, type, &value, len);
}

void pvelf_usual(struct pvelf *k)
{
	pvelf_string(k, XEN_ELFNOTE_GUEST_OS, "test");
	pvelf_string(k, XEN_ELFNOTE_XEN_VERSION, "xen-3.0");
	pvelf_string(k, XEN_ELFNOTE_LOADER, "generic");
}

void pvelf_end(struct pvelf *k, enum pvelf_notes where, const char *text)
{
	static const char strings[] = "\0.note\0__xen_guest\0.shstrtab";
	Elf64_Ehdr eh = { .e_machine = EM_X86_64, .e_entry = 0x1234,
		.e_phoff = sizeof(eh), .e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 3, .e_shoff = SECTIONS_AT,
		.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = 3,
		.e_shstrndx = 2 };
	Elf64_Phdr ph[3] = { k->load[0], k->load[1],
		{ .p_type = PT_NOTE, .p_offset = NOTES_AT } };
	Elf64_Shdr sh[3] = { { 0 }, { .sh_type = SHT_PROGBITS,
		.sh_offset = NOTES_AT },
		{ .sh_name = 19, .sh_type = SHT_STRTAB,
		  .sh_offset = STRINGS_AT, .sh_size = sizeof(strings) } };

	memcpy(eh.e_ident, ELFMAG, SELFMAG);
	eh.e_ident[EI_CLASS] = ELFCLASS64;
	eh.e_ident[EI_DATA] = ELFDATA2LSB;
	if (where == PVELF_SEGMENT)
		ph[2].p_filesz = k->note_len;
	if (where == PVELF_SECTION) {
		sh[1].sh_type = SHT_NOTE;
		sh[1].sh_name = 1;
		sh[1].sh_size = k->note_len;
	}
	memcpy(k->file + NOTES_AT, k->note, k->note_len);
	if (where == PVELF_LEGACY) {
		sh[1].sh_name = 7;
		sh[1].sh_size = strlen(text) + 1;
		memcpy(k->file + NOTES_AT, text, strlen(text) + 1);
	}
	memcpy(k->file, &eh, sizeof(eh));
	memcpy(k->file + sizeof(eh), ph, sizeof(ph));
	memcpy(k->file + STRINGS_AT, strings, sizeof(strings));
	memcpy(k->file + SECTIONS_AT, sh, sizeof(sh));
	k->size = sizeof(k->file);
}
