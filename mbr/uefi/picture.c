/*
 * The picture that the firmware has set up, or could (UEFI 2.10, 12.9).
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/picture.h"

static EFI_GRAPHICS_OUTPUT_PROTOCOL *find(void)
{
	static EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop;

	return uefi_timed(uefi_boot->LocateProtocol(&guid, NULL,
						    (void **)&gop)) ?
	       NULL : gop;
}

static void put_colors(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *m,
		       uint8_t *color)
{
	uint32_t bits[] = { 0xff0000, 0xff00, 0xff, 0xff000000 };

	if (m->PixelFormat == PixelRedGreenBlueReserved8BitPerColor) {
		bits[0] = 0xff;
		bits[2] = 0xff0000;
	} else if (m->PixelFormat == PixelBitMask) {
		memcpy(bits, &m->PixelInformation, sizeof(bits));
	}
	for (unsigned i = 0; i < 4; i++) {
		if (!bits[i])
			continue;
		color[2 * i] = (uint8_t)__builtin_ctz(bits[i]);
		color[2 * i + 1] = (uint8_t)(32 - __builtin_clz(bits[i]) -
					     color[2 * i]);
	}
}

/* The mode of P's size, which goes to OUT.  False: there is none. */
static bool find_mode(EFI_GRAPHICS_OUTPUT_PROTOCOL *gop, struct picture *p,
		      EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *out)
{
	for (UINT32 i = 0; i < gop->Mode->MaxMode && p->width; i++) {
		EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *m;
		UINTN size;

		if (uefi_timed(gop->QueryMode(gop, i, &size, &m)))
			continue;
		*out = *m;
		uefi_timed(uefi_boot->FreePool(m));
		if (out->HorizontalResolution != p->width ||
		    out->VerticalResolution != p->height ||
		    out->PixelFormat == PixelBltOnly)
			continue;
		p->mode = i + 1;
		return true;
	}
	return false;
}

int uefi_picture(struct picture *p)
{
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop = find();
	EFI_GRAPHICS_OUTPUT_MODE_INFORMATION m;

	if (!gop)
		return fail(ERR_MULTIBOOT, "no picture");
	if (!find_mode(gop, p, &m))
		m = *gop->Mode->Info;
	if (m.PixelFormat == PixelBltOnly)
		return fail(ERR_MULTIBOOT, "no picture");
	*p = (struct picture){ .addr = gop->Mode->FrameBufferBase,
		.mode = p->mode == gop->Mode->Mode + 1 ? 0 : p->mode,
		.size = gop->Mode->FrameBufferSize,
		.pitch = m.PixelsPerScanLine * 4,
		.width = m.HorizontalResolution,
		.height = m.VerticalResolution,
		.bpp = 32, .kind = PICTURE_RGB };
	put_colors(&m, p->color);
	return 0;
}

/* The firmware may have another place for it then. */
uint64_t uefi_picture_set(uint32_t mode)
{
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop = find();

	if (mode && gop)
		uefi_timed(gop->SetMode(gop, mode - 1));
	return gop ? gop->Mode->FrameBufferBase : 0;
}
