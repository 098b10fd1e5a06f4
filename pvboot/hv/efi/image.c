/*
 * The hypervisor's image: below 4 GiB, because its first tables reach no
 * farther, and where boot_entry64 can map it in pages of 2 MiB.
 */
#include "pvboot/hv/efi/efi.h"

#include <elf.h>
#include <string.h>

#define PLACE 0x100000ull	/* physical address that it is linked for */
#define BIG 0x200000ull

extern const uint8_t blob_hv[];

/* The end of the last segment. */
static uint64_t end_of(const Elf64_Ehdr *eh, const Elf64_Phdr *ph)
{
	uint64_t end = PLACE;

	for (unsigned i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_LOAD &&
		    ph[i].p_paddr + ph[i].p_memsz > end)
			end = ph[i].p_paddr + ph[i].p_memsz;
	return end;
}

uint64_t image_load(void)
{
	const Elf64_Ehdr *eh = (const void *)blob_hv;
	const Elf64_Phdr *ph = (const void *)(blob_hv + eh->e_phoff);
	uint64_t size = end_of(eh, ph) - PLACE;
	uint8_t *at = efi_pages(size + PLACE + BIG);

	if (!at)
		return 0;
	/* What is linked for 0 comes to AT, which need not be ours. */
	at = (uint8_t *)(((uintptr_t)at + BIG - 1) & ~(BIG - 1));
	memset(at + PLACE, 0, size);
	for (unsigned i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_LOAD)
			memcpy(at + ph[i].p_paddr, blob_hv + ph[i].p_offset,
			       ph[i].p_filesz);
	/* The entry's address is that in the hypervisor's own map. */
	return (uintptr_t)at + (eh->e_entry - HV_IMAGE);
}
