/*
 * GO_EFI: LoadImage and StartImage.  The file is read into pages once; the
 * firmware checks it (Secure Boot), places its sections and frees us from
 * reading PE headers.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "loader/base/err.h"

static EFI_GUID loaded_image_guid = LOADED_IMAGE_PROTOCOL;

static int refused(const char *path, EFI_STATUS status)
{
	switch (status) {
	case EFI_SECURITY_VIOLATION:
	case EFI_ACCESS_DENIED:
		return fail(ERR_AUTH, "Secure Boot: %s is not signed by a key "
				      "that this firmware trusts", path);
	case EFI_OUT_OF_RESOURCES:
		return fail(ERR_NO_MEMORY, "the firmware has no room to load "
					   "%s", path);
	default:
		return fail(ERR_EXEC_FORMAT, "the firmware does not load %s "
					     "(EFI error %lu)", path,
			    (uint64_t)status & ~EFI_ERROR_MASK);
	}
}

/* Let the firmware load the LEN bytes of FILE. */
static int load_image(const struct handover *ho, void *file, uint64_t len,
		      EFI_HANDLE *image)
{
	EFI_DEVICE_PATH *own = uefi_device_path(uefi_loaded->DeviceHandle);
	EFI_DEVICE_PATH *path;
	EFI_STATUS status;
	uint64_t pages;

	path = uefi_where(&ho->from->kernel, ho->extra.path, &pages);
	*image = NULL;
	status = uefi_timed(uefi_boot->LoadImage(
		FALSE, uefi_image, path ? path : own, file, len, image));
	/* A violation leaves the image loaded, but not startable. */
	if (status && *image)
		uefi_timed(uefi_boot->UnloadImage(*image));
	if (path)
		uefi_pages_free(path, pages);
	return status ? refused(ho->extra.path, status) : 0;
}

static int load(const struct handover *ho, void *file, EFI_HANDLE *image)
{
	const struct piece *p = &ho->piece[0];
	int err = fs_read(p->file, p->file_off, p->len, file);

	if (err)
		return err;
	uefi_measure(9, file, p->len, "kernel");
	return load_image(ho, file, p->len, image);
}

/* Without a command line there are no load options: a UKI takes its own. */
static int set_options(const struct handover *ho, EFI_HANDLE image,
		       CHAR16 **options, uint64_t *pages)
{
	EFI_LOADED_IMAGE *loaded;
	EFI_STATUS status = uefi_timed(uefi_boot->HandleProtocol(
		image, &loaded_image_guid, (void **)&loaded));

	*options = NULL;
	if (status)
		return refused(ho->extra.path, status);
	if (!loaded->DeviceHandle)
		loaded->DeviceHandle = uefi_loaded->DeviceHandle;
	if (!*ho->cmdline)
		return 0;
	*options = uefi_utf16(ho->cmdline, pages, &loaded->LoadOptionsSize);
	loaded->LoadOptions = *options;
	return *options ? 0 : ERR_NO_MEMORY;
}

static int start(const struct handover *ho, EFI_HANDLE image)
{
	EFI_STATUS status;

	/* With an initrd all is in place when the kernel has fetched it. */
	if (ho->n == 1 && ho->loaded)
		ho->loaded(ho);
	uefi_left_tsc = uefi_tsc();
	status = uefi_boot->StartImage(image, NULL, NULL);
	uefi_firmware_tsc += uefi_tsc() - uefi_left_tsc;
	return fail(ERR_BOOT, "%s came back (EFI status %lu)",
		    ho->extra.path,
		    (uint64_t)status & ~EFI_ERROR_MASK);
}

static int run(const struct handover *ho, EFI_HANDLE image)
{
	uint64_t pages;
	CHAR16 *options;
	int err = set_options(ho, image, &options, &pages);

	if (!err)
		err = uefi_initrd_offer(ho);
	if (!err) {
		err = start(ho, image);
		uefi_initrd_withdraw();
	} else {
		uefi_timed(uefi_boot->UnloadImage(image));
	}
	if (options)
		uefi_pages_free(options, pages);
	return err;
}

/* Piece 0 is read into pages of its own; the firmware makes an image of it. */
int uefi_go_image(struct handover *ho)
{
	uint64_t pages = uefi_page_count(ho->piece[0].len);
	void *file = uefi_pages(pages);
	EFI_HANDLE image;
	int err;

	if (!file) {
		err_clear();
		return fail(ERR_NO_MEMORY, "%s of %lu KiB",
			    ho->extra.path, pages * 4);
	}
	err = load(ho, file, &image);
	if (!err)
		err = run(ho, image);
	uefi_pages_free(file, pages);
	return err;
}
