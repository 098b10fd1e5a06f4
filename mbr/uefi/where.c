/*
 * Where a file lies, in the firmware's words: the device path of its partition
 * and its path there (UEFI 2.10, sections 10.3.5.1 and 10.3.5.4).  An EFI
 * application that looks for its other files needs that.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

static EFI_GUID block_io_guid = EFI_BLOCK_IO_PROTOCOL_GUID;

/* Whether PATH is DISK's with one node more: a partition from sector FIRST. */
static bool is_partition(EFI_DEVICE_PATH *path, EFI_DEVICE_PATH *disk,
			 uint64_t first)
{
	size_t len = uefi_path_length(disk);
	HARDDRIVE_DEVICE_PATH *node;

	if (uefi_path_length(path) != len + sizeof(*node) ||
	    memcmp(path, disk, len))
		return false;
	node = (void *)((uint8_t *)path + len);
	return DevicePathType(&node->Header) == MEDIA_DEVICE_PATH &&
	       DevicePathSubType(&node->Header) == MEDIA_HARDDRIVE_DP &&
	       node->PartitionStart == first;
}

static EFI_DEVICE_PATH *disk_path(EFI_HANDLE *handle, UINTN n, const void *io)
{
	for (UINTN i = 0; i < n; i++) {
		void *have;

		if (!uefi_timed(uefi_boot->HandleProtocol(
			    handle[i], &block_io_guid, &have)) && have == io)
			return uefi_device_path(handle[i]);
	}
	return NULL;
}

static EFI_DEVICE_PATH *search(EFI_HANDLE *handle, UINTN n, const struct blk *b)
{
	const struct part_blk *part = part_of(b);
	EFI_DEVICE_PATH *disk, *path;

	disk = disk_path(handle, n, part ? part->disk->priv : b->priv);
	if (!part || !disk)
		return disk;
	for (UINTN i = 0; i < n; i++) {
		path = uefi_device_path(handle[i]);
		if (path && is_partition(path, disk, part->first))
			return path;
	}
	return NULL;
}

static EFI_DEVICE_PATH *device_of(const struct blk *b)
{
	EFI_DEVICE_PATH *path;
	EFI_HANDLE *handle;
	UINTN n = 0;

	if (uefi_timed(uefi_boot->LocateHandleBuffer(ByProtocol, &block_io_guid,
						     NULL, &n, &handle)))
		return NULL;
	path = search(handle, n, b);
	uefi_timed(uefi_boot->FreePool(handle));
	return path;
}

static void *put_node(void *at, uint8_t type, uint8_t subtype, const void *data,
		      size_t len)
{
	EFI_DEVICE_PATH *node = at;
	uint8_t *bytes = at;

	node->Type = type;
	node->SubType = subtype;
	SetDevicePathNodeLength(node, sizeof(*node) + len);
	memcpy(bytes + sizeof(*node), data, len);
	return bytes + sizeof(*node) + len;
}

EFI_DEVICE_PATH *uefi_where(const struct file *f, const char *path,
			    uint64_t *pages)
{
	EFI_DEVICE_PATH *device = device_of(f->fs->blk), *where;
	uint64_t name_pages;
	uint32_t bytes;
	CHAR16 *name;
	uint8_t *at;

	if (!device || !(name = uefi_utf16(path, &name_pages, &bytes)))
		return NULL;
	for (CHAR16 *c = name; *c; c++)
		if (*c == '/')
			*c = '\\';
	*pages = uefi_page_count(uefi_path_length(device) + bytes +
				 2 * sizeof(*where));
	where = uefi_pages(*pages);
	if (where) {
		memcpy(where, device, uefi_path_length(device));
		at = (uint8_t *)where + uefi_path_length(device);
		at = put_node(at, MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, name,
			      bytes);
		put_node(at, END_DEVICE_PATH_TYPE,
			 END_ENTIRE_DEVICE_PATH_SUBTYPE, NULL, 0);
	}
	uefi_pages_free(name, name_pages);
	return where;
}
