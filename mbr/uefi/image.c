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

/* Let the firmware load the LEN bytes at FILE, which PATH, F, has. */
static int load_image(const struct file *f, const char *path, void *file,
		      uint64_t len, EFI_HANDLE *image)
{
	EFI_DEVICE_PATH *own = uefi_device_path(uefi_loaded->DeviceHandle);
	EFI_DEVICE_PATH *where;
	EFI_STATUS status;
	uint64_t pages;

	where = uefi_where(f, path, &pages);
	*image = NULL;
	status = uefi_timed(uefi_boot->LoadImage(
		FALSE, uefi_image, where ? where : own, file, len, image));
	/* A violation leaves the image loaded, but not startable. */
	if (status && *image)
		uefi_timed(uefi_boot->UnloadImage(*image));
	if (where)
		uefi_pages_free(where, pages);
	return status ? refused(path, status) : 0;
}

/*
 * Piece 0 is read into pages of its own, measured as WHAT if that is not NULL;
 * the firmware makes an image of it.
 */
int uefi_image_load(const struct handover *ho, const struct file *f,
		    const char *what, EFI_HANDLE *image)
{
	const struct piece *p = &ho->piece[0];
	uint64_t pages = uefi_page_count(p->len);
	void *file = uefi_pages(pages);
	int err;

	if (!file) {
		err_clear();
		return fail(ERR_NO_MEMORY, "%s of %lu KiB",
			    ho->extra.path, pages * 4);
	}
	err = fs_read(p->file, p->file_off, p->len, file);
	if (!err && what)
		uefi_measure(9, file, p->len, what);
	if (!err)
		err = load_image(f, ho->extra.path, file, p->len, image);
	uefi_pages_free(file, pages);
	return err;
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

int uefi_image_start(const struct handover *ho, EFI_HANDLE image)
{
	EFI_STATUS status;

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
		/* With an initrd all is in place when it has been fetched. */
		if (ho->n == 1 && ho->loaded)
			ho->loaded(ho);
		err = uefi_image_start(ho, image);
		uefi_initrd_withdraw();
	} else {
		uefi_timed(uefi_boot->UnloadImage(image));
	}
	if (options)
		uefi_pages_free(options, pages);
	return err;
}

int uefi_go_image(struct handover *ho)
{
	EFI_HANDLE image;
	int err = uefi_image_load(ho, &ho->from->kernel, "kernel", &image);

	return err ? err : run(ho, image);
}
