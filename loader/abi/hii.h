/*
 * UEFI 2.10, section 34.1: the firmware's glyphs, as far as they are used.
 * Included after efi.h, whose types it has.
 */
#ifndef LOADER_ABI_HII_H
#define LOADER_ABI_HII_H

#define HII_FONT_PROTOCOL_GUID { 0xe9ca4775, 0x8657, 0x47fc, \
	{ 0x97, 0xe7, 0x7e, 0xd6, 0x5a, 0x08, 0x43, 0x24 } }

struct hii_image {
	UINT16 width, height;		/* pixels */
	EFI_GRAPHICS_OUTPUT_BLT_PIXEL *bitmap;
};

struct hii_font_protocol {
	void *string_to_image, *string_id_to_image;
	/* INFO NULL: the system's font and colours.  IMAGE is from the pool. */
	EFI_STATUS(EFIAPI *get_glyph)
	(const struct hii_font_protocol *this, CHAR16 character,
	 const void *info, struct hii_image **image, UINTN *baseline);
	void *get_font_info;
};

#endif
