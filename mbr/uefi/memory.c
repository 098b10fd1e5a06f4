/*
 * The firmware's memory map (UEFI 2.10, section 7.2.3) as ours.  What the
 * firmware or the loader holds until the kernel runs is MEM_LOADER: RAM to
 * the kernel, not free to us.
 */
#include "mbr/uefi/uefi.h"

#include "loader/base/err.h"

static uint32_t type_of(uint32_t efi)
{
	switch (efi) {
	case EfiConventionalMemory:
		return MEM_RAM;
	case EfiLoaderCode:
	case EfiLoaderData:
	case EfiBootServicesCode:
	case EfiBootServicesData:
		return MEM_LOADER;
	case EfiACPIReclaimMemory:
		return MEM_ACPI;
	case EfiACPIMemoryNVS:
		return MEM_NVS;
	case EfiUnusableMemory:
		return MEM_BAD;
	}
	return MEM_RESERVED;
}

static int take_over(struct memmap *m, const uint8_t *at, UINTN len, UINTN each)
{
	int err = 0;

	m->n = 0;
	for (; len >= each && !err; at += each, len -= each) {
		const EFI_MEMORY_DESCRIPTOR *d = (const void *)at;

		if (d->NumberOfPages <= (UINT64_MAX - d->PhysicalStart) >> 12)
			err = memmap_set(m, d->PhysicalStart,
					 d->PhysicalStart +
						 (d->NumberOfPages << 12),
					 type_of(d->Type));
	}
	return err;
}

int uefi_memmap(struct memmap *m)
{
	UINTN len = 0, key, each;
	UINT32 version;
	uint64_t pages;
	void *map;
	int err;

	uefi_timed(uefi_boot->GetMemoryMap(&len, NULL, &key, &each, &version));
	pages = uefi_page_count(len) + 1; /* allocating may lengthen it */
	map = uefi_pages(pages);
	if (!map)
		return ERR_NO_MEMORY;
	len = pages * EFI_PAGE_SIZE;
	if (uefi_timed(
		    uefi_boot->GetMemoryMap(&len, map, &key, &each, &version)))
		err = fail(ERR_NO_MEMORY, "the firmware's memory map");
	else
		err = take_over(m, map, len, each);
	uefi_pages_free(map, pages);
	return err;
}

void *uefi_pages(uint64_t pages)
{
	EFI_PHYSICAL_ADDRESS at;

	if (uefi_timed(uefi_boot->AllocatePages(AllocateAnyPages, EfiLoaderData,
						pages, &at))) {
		fail(ERR_NO_MEMORY, "%lu KiB from the firmware", pages * 4);
		return NULL;
	}
	return (void *)at;
}

void uefi_pages_free(void *p, uint64_t pages)
{
	uefi_timed(uefi_boot->FreePages((EFI_PHYSICAL_ADDRESS)p, pages));
}
