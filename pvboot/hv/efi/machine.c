/*
 * What the firmware knows of the machine (UEFI 2.10, 4.6, 7.2.3, 12.9): memory,
 * ACPI's root pointer, the picture.
 */
#include "pvboot/hv/efi/efi.h"

#include <string.h>

#include "loader/abi/hii.h"

#define MAP_SLACK 8	/* descriptors that our own calls may add */

static struct {
	uint8_t *at;
	UINTN room, len, key, each;
} map;

/* ACPI's table of the newest version that is there. */
static uint64_t find_rsdp(void)
{
	static EFI_GUID acpi2 = ACPI_20_TABLE_GUID, acpi1 = ACPI_TABLE_GUID;
	void *at = efi_table(&acpi2);

	return (uintptr_t)(at ? at : efi_table(&acpi1));
}

/* IMAGE as bits: what is not BLANK.  False: not of that size. */
static bool take_glyph(const struct hii_image *image, uint32_t blank,
		       uint32_t rows, uint8_t *bits)
{
	const uint32_t *pixel = (const void *)image->bitmap;

	if (image->width != 8 || image->height != rows)
		return false;
	for (uint32_t i = 0; i < rows * 8; i++)
		bits[i / 8] = (uint8_t)(bits[i / 8] << 1 | (pixel[i] != blank));
	return true;
}

/* The firmware's own; without them there is no text. */
static bool find_glyphs(struct screen *s)
{
	static EFI_GUID guid = HII_FONT_PROTOCOL_GUID;
	struct hii_font_protocol *font;
	struct hii_image *image;
	uint32_t blank = 0;
	bool good = true;

	if (efi_boot->LocateProtocol(&guid, NULL, (void **)&font))
		return false;
	for (unsigned i = 0; good && i < 95; i++) {
		image = NULL;
		if (font->get_glyph(font, (CHAR16)(' ' + i), NULL, &image,
				    NULL) || !image)
			return false;
		if (!i) {
			blank = *(const uint32_t *)image->bitmap;
			s->glyph_rows = image->height;
		}
		good = s->glyph_rows <= SCREEN_GLYPH_ROWS &&
		       take_glyph(image, blank, s->glyph_rows, s->glyph[i]);
		efi_boot->FreePool(image->bitmap);
		efi_boot->FreePool(image);
	}
	return good;
}

static void find_screen(struct screen *s)
{
	static EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop;
	EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *m;

	if (efi_boot->LocateProtocol(&guid, NULL, (void **)&gop))
		return;
	m = gop->Mode->Info;
	if ((m->PixelFormat != PixelRedGreenBlueReserved8BitPerColor &&
	     m->PixelFormat != PixelBlueGreenRedReserved8BitPerColor) ||
	    !find_glyphs(s))
		return;
	s->base = gop->Mode->FrameBufferBase;
	s->width = m->HorizontalResolution;
	s->height = m->VerticalResolution;
	s->pitch = m->PixelsPerScanLine * 4;
}

static EFI_STATUS get_map(void)
{
	UINT32 version;

	map.len = map.room;
	return efi_boot->GetMemoryMap(&map.len, (void *)map.at, &map.key,
				      &map.each, &version);
}

EFI_STATUS machine_room(struct boot_efi **b)
{
	UINTN most;

	get_map();
	map.room = map.len + MAP_SLACK * map.each;
	most = map.room / map.each;
	map.at = efi_pages(map.room);
	*b = efi_pages(sizeof(**b) + most * sizeof((*b)->range[0]));
	if (!map.at || !*b)
		return EFI_OUT_OF_RESOURCES;
	memset(*b, 0, sizeof(**b));
	(*b)->rsdp = find_rsdp();
	find_screen(&(*b)->screen);
	return EFI_SUCCESS;
}

static enum memory_kind kind_of(uint32_t type)
{
	switch (type) {
	case EfiConventionalMemory:
	case EfiLoaderCode:
	case EfiLoaderData:
	case EfiBootServicesCode:
	case EfiBootServicesData:
		return MEMORY_RAM;
	case EfiACPIReclaimMemory:
	case EfiACPIMemoryNVS:
		return MEMORY_ACPI;
	}
	return MEMORY_RESERVED;
}

/* One more range of B's, or the last one longer. */
static void add(struct boot_efi *b, uint64_t start, uint64_t pages,
		enum memory_kind kind)
{
	struct boot_efi_range *last = b->n ? &b->range[b->n - 1] : NULL;
	uint64_t end;

	if (__builtin_mul_overflow(pages, EFI_PAGE_SIZE, &end) ||
	    __builtin_add_overflow(start, end, &end)) {
		if (kind == MEMORY_RAM)
			return;		/* as ranges.c has it */
		end = UINT64_MAX;
	}
	if (last && last->kind == kind && last->end == start)
		last->end = end;
	else
		b->range[b->n++] = (struct boot_efi_range){ start, end, kind };
}

static void fill(struct boot_efi *b)
{
	b->n = 0;
	for (UINTN at = 0; at + map.each <= map.len; at += map.each) {
		const EFI_MEMORY_DESCRIPTOR *d = (const void *)(map.at + at);

		add(b, d->PhysicalStart, d->NumberOfPages, kind_of(d->Type));
	}
}

/* The map may change under the first try: the firmware's timers still run. */
EFI_STATUS machine_leave(EFI_HANDLE image, struct boot_efi *b)
{
	EFI_STATUS status = EFI_SUCCESS;

	for (int i = 0; i < 3; i++) {
		status = get_map();
		if (status)
			break;
		fill(b);
		status = efi_boot->ExitBootServices(image, map.key);
		if (!status)
			break;
	}
	return status;
}
