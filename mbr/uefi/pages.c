/*
 * The pages that a handover's pieces go to, taken from the firmware at the
 * addresses that the kernel's format has chosen.
 */
#include "mbr/uefi/uefi.h"

#include "loader/base/err.h"

/* Neighbouring pieces may share a page. */
static struct memmap *taken;

/* Give back the memory of the first N ranges. */
static void release(unsigned n)
{
	while (n-- > 0) {
		const struct memrange *r = &taken->r[n];

		uefi_timed(uefi_boot->FreePages(
			r->start, uefi_page_count(r->end - r->start)));
	}
}

static int find_pages(const struct handover *ho)
{
	int err = 0;

	if (!taken)
		taken = uefi_pages(uefi_page_count(sizeof(*taken)));
	if (!taken)
		return ERR_NO_MEMORY;
	taken->n = 0;
	for (unsigned i = 0; i < ho->n && !err; i++) {
		const struct piece *p = &ho->piece[i];
		uint64_t at = p->addr & ~(uint64_t)(EFI_PAGE_SIZE - 1);
		uint64_t pages = uefi_page_count(p->addr - at + p->size);

		err = memmap_set(taken, at, at + pages * EFI_PAGE_SIZE,
				 MEM_LOADER);
	}
	return err;
}

static int take(const struct handover *ho)
{
	int err = find_pages(ho);

	for (unsigned i = 0; !err && i < taken->n; i++) {
		EFI_PHYSICAL_ADDRESS at = taken->r[i].start;
		uint64_t pages = uefi_page_count(taken->r[i].end - at);

		if (!uefi_timed(uefi_boot->AllocatePages(
			    AllocateAddress, EfiLoaderCode, pages, &at)))
			continue;
		release(i);
		err = fail(ERR_NO_MEMORY, "the firmware uses memory between "
					  "%lx and %lx",
			   taken->r[i].start, taken->r[i].end);
	}
	return err;
}

static void *piece_at(void *ctx, uint64_t addr, uint64_t size)
{
	return (void *)addr;
}

void uefi_pieces_release(void)
{
	release(taken->n);
}

int uefi_pieces_load(const struct handover *ho)
{
	int err = take(ho);

	if (err)
		return err;
	err = handover_load(ho, piece_at, NULL);
	if (err)
		uefi_pieces_release();
	return err;
}
