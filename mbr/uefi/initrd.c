/*
 * The initrd, through the LoadFile2 protocol that Linux' stub looks for on a
 * vendor media device path of its own (Linux 5.8,
 * Documentation/admin-guide/efi-stub.rst).  The kernel calls it with its own
 * buffer, and the files are read from the disk straight into that.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "loader/base/err.h"

static EFI_GUID load_file2_guid = {
	0x4006c0c1,
	0xfcb3,
	0x403e,
	{0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d}};
static EFI_GUID device_path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

static const struct {
	VENDOR_DEVICE_PATH vendor;
	EFI_DEVICE_PATH end;
} __attribute__((packed)) initrd_path = {
	{{MEDIA_DEVICE_PATH, MEDIA_VENDOR_DP, {sizeof(VENDOR_DEVICE_PATH), 0}},
	 {0x5568e427,
	  0x68fc,
	  0x4f3d,
	  {0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68}}},
	{END_DEVICE_PATH_TYPE,
	 END_ENTIRE_DEVICE_PATH_SUBTYPE,
	 {END_DEVICE_PATH_LENGTH, 0}},
};

/* UEFI 2.10, section 13.2: the protocol has this one member. */
struct load_file2 {
	EFI_STATUS(EFIAPI *load)
	(struct load_file2 *this, EFI_DEVICE_PATH *path, BOOLEAN boot_policy,
	 UINTN *size, void *buffer);
};

uint64_t uefi_left_tsc;

static const struct handover *offered;
static EFI_HANDLE handle;

static uint64_t initrd_size(const struct handover *ho)
{
	const struct piece *last = &ho->piece[ho->n - 1];

	return ho->n > 1 ? last->addr + last->size : 0;
}

static EFI_STATUS read_all(uint8_t *buffer)
{
	for (unsigned i = 1; i < offered->n; i++) {
		const struct piece *p = &offered->piece[i];
		uint8_t *to = buffer + p->addr;

		if (fs_read(p->file, p->file_off, p->len, to))
			return EFI_DEVICE_ERROR;
		memset(to + p->len, 0, p->size - p->len);
	}
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI load(struct load_file2 *this, EFI_DEVICE_PATH *path,
			      BOOLEAN boot_policy, UINTN *size, void *buffer)
{
	uint64_t all = initrd_size(offered);
	EFI_STATUS status;

	if (boot_policy)
		return EFI_UNSUPPORTED;
	if (!size)
		return EFI_INVALID_PARAMETER;
	if (!buffer || *size < all) {
		*size = all;
		return EFI_BUFFER_TOO_SMALL;
	}
	*size = all;
	uefi_firmware_tsc += uefi_tsc() - uefi_left_tsc;
	status = read_all(buffer);
	if (!status) {
		uefi_measure(9, buffer, all, "initrd");
		if (offered->loaded)
			offered->loaded(offered);
	}
	uefi_left_tsc = uefi_tsc();
	return status;
}

static struct load_file2 protocol = {load};

/* Better said by us than by the kernel, which knows no reason. */
static int check_memory(uint64_t bytes)
{
	uint64_t free;
	int err = uefi_largest_free(&free);

	if (err || uefi_page_count(bytes) <= free)
		return err;
	return fail(ERR_NO_MEMORY, "initrd of %lu KiB, %lu KiB are free",
		    bytes >> 10, free * 4);
}

int uefi_initrd_offer(const struct handover *ho)
{
	uint64_t all = initrd_size(ho);
	EFI_STATUS status;
	int err;

	offered = ho;
	handle = NULL;
	if (!all)
		return 0;
	if ((err = check_memory(all)))
		return err;
	status = uefi_timed(uefi_boot->InstallProtocolInterface(
		&handle, &device_path_guid, EFI_NATIVE_INTERFACE,
		(void *)(uintptr_t)&initrd_path));
	if (!status)
		status = uefi_timed(uefi_boot->InstallProtocolInterface(
			&handle, &load_file2_guid, EFI_NATIVE_INTERFACE,
			&protocol));
	if (!status)
		return 0;
	uefi_initrd_withdraw();
	return fail(ERR_BOOT,
		    "the firmware has an initrd already (EFI error "
		    "%lu)",
		    (uint64_t)status & ~EFI_ERROR_MASK);
}

void uefi_initrd_withdraw(void)
{
	if (!handle)
		return;
	uefi_boot->UninstallProtocolInterface(handle, &load_file2_guid,
					      &protocol);
	uefi_boot->UninstallProtocolInterface(handle, &device_path_guid,
					      (void *)(uintptr_t)&initrd_path);
	handle = NULL;
}
