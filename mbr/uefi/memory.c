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

struct firmware_map {
	uint8_t *at;
	uint64_t pages;
	UINTN len, each;
};

/* With an error recorded there is nothing to free. */
static int get_map(struct firmware_map *f)
{
	UINTN key;
	UINT32 version;

	f->len = 0;
	uefi_timed(uefi_boot->GetMemoryMap(&f->len, NULL, &key, &f->each,
					   &version));
	f->pages = uefi_page_count(f->len) + 1; /* allocating may lengthen it */
	f->at = uefi_pages(f->pages);
	if (!f->at)
		return ERR_NO_MEMORY;
	f->len = f->pages * EFI_PAGE_SIZE;
	if (!uefi_timed(uefi_boot->GetMemoryMap(&f->len, (void *)f->at, &key,
						&f->each, &version)))
		return 0;
	uefi_pages_free(f->at, f->pages);
	return fail(ERR_NO_MEMORY, "the firmware's memory map");
}

int uefi_memmap(struct memmap *m)
{
	struct firmware_map f;
	int err = get_map(&f);

	if (err)
		return err;
	err = take_over(m, f.at, f.len, f.each);
	uefi_pages_free(f.at, f.pages);
	return err;
}

int uefi_largest_free(uint64_t *pages)
{
	struct firmware_map f;
	int err = get_map(&f);

	*pages = 0;
	if (err)
		return err;
	for (UINTN at = 0; at + f.each <= f.len; at += f.each) {
		const EFI_MEMORY_DESCRIPTOR *d = (const void *)(f.at + at);

		if (d->Type == EfiConventionalMemory &&
		    d->NumberOfPages > *pages)
			*pages = d->NumberOfPages;
	}
	uefi_pages_free(f.at, f.pages);
	return 0;
}

static void *take(EFI_ALLOCATE_TYPE type, uint64_t pages)
{
	EFI_PHYSICAL_ADDRESS at = UINT32_MAX;

	if (uefi_timed(uefi_boot->AllocatePages(type, EfiLoaderData, pages,
						&at))) {
		fail(ERR_NO_MEMORY, "%lu KiB from the firmware", pages * 4);
		return NULL;
	}
	return (void *)at;
}

void *uefi_pages(uint64_t pages)
{
	return take(AllocateAnyPages, pages);
}

void *uefi_pages_low(uint64_t pages)
{
	return take(AllocateMaxAddress, pages);
}

void uefi_pages_free(void *p, uint64_t pages)
{
	uefi_timed(uefi_boot->FreePages((EFI_PHYSICAL_ADDRESS)p, pages));
}
