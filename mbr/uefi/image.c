/*
 * GO_EFI: LoadImage and StartImage.  The file is read into pages once; the
 * firmware checks it (Secure Boot), places its sections and frees us from
 * reading PE headers.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "loader/base/err.h"

static EFI_GUID loaded_image_guid = LOADED_IMAGE_PROTOCOL;

static int refused(EFI_STATUS status)
{
	switch (status) {
	case EFI_SECURITY_VIOLATION:
	case EFI_ACCESS_DENIED:
		return fail(ERR_AUTH, "Secure Boot: the kernel is not signed "
				      "by a key that this firmware trusts");
	case EFI_OUT_OF_RESOURCES:
		return fail(ERR_NO_MEMORY, "the firmware has no room to load "
					   "the kernel");
	default:
		return fail(ERR_EXEC_FORMAT,
			    "the firmware does not load the "
			    "kernel (EFI error %lu)",
			    (uint64_t)status & ~EFI_ERROR_MASK);
	}
}

/* Read piece 0 into pages of its own and let the firmware load it. */
static int load(const struct handover *ho, EFI_HANDLE *image)
{
	const struct piece *p = &ho->piece[0];
	uint64_t pages = uefi_page_count(p->len);
	void *file = uefi_pages(pages);
	EFI_STATUS status;
	int err;

	if (!file)
		return ERR_NO_MEMORY;
	err = fs_read(p->file, p->file_off, p->len, file);
	if (!err) {
		uefi_measure(9, file, p->len, "kernel");
		status = uefi_timed(uefi_boot->LoadImage(
			FALSE, uefi_image,
			uefi_device_path(uefi_loaded->DeviceHandle), file,
			p->len, image));
		if (status)
			err = refused(status);
		/* A violation leaves the image loaded, but not startable. */
		if (status == EFI_SECURITY_VIOLATION)
			uefi_boot->UnloadImage(*image);
	}
	uefi_pages_free(file, pages);
	return err;
}

static int start(const struct handover *ho, EFI_HANDLE image, CHAR16 *options,
		 uint32_t bytes)
{
	EFI_LOADED_IMAGE *loaded;
	EFI_STATUS status = uefi_timed(uefi_boot->HandleProtocol(
		image, &loaded_image_guid, (void **)&loaded));

	if (status)
		return refused(status);
	loaded->DeviceHandle = uefi_loaded->DeviceHandle;
	loaded->LoadOptions = options;
	loaded->LoadOptionsSize = bytes;
	if (ho->loaded)
		ho->loaded(ho);
	status = uefi_boot->StartImage(image, NULL, NULL);
	return fail(ERR_BOOT, "the kernel came back (EFI error %lu)",
		    (uint64_t)status & ~EFI_ERROR_MASK);
}

int uefi_go_image(struct handover *ho)
{
	uint64_t pages;
	uint32_t bytes;
	CHAR16 *options;
	EFI_HANDLE image;
	int err = load(ho, &image);

	if (err)
		return err;
	options = uefi_utf16(ho->cmdline, &pages, &bytes);
	if (!options) {
		uefi_boot->UnloadImage(image);
		return ERR_NO_MEMORY;
	}
	err = uefi_initrd_offer(ho);
	if (!err)
		err = start(ho, image, options, bytes);
	else
		uefi_boot->UnloadImage(image);
	uefi_initrd_withdraw();
	uefi_pages_free(options, pages);
	return err;
}
