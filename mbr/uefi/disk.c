/*
 * Disks over Block I/O (UEFI 2.10, section 13.9).  Partitions and file
 * systems are read by our own code: the firmware's handles for partitions are
 * only used to find the disk that we came from.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"

#define BOUNCE_PAGES 16

static EFI_GUID block_io_guid = EFI_BLOCK_IO_PROTOCOL_GUID;
static EFI_GUID device_path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

static EFI_STATUS read_blocks(EFI_BLOCK_IO *io, uint64_t lba, uint64_t bytes,
			      void *buf)
{
	return uefi_timed(
		io->ReadBlocks(io, io->Media->MediaId, lba, bytes, buf));
}

/* Aligned as any controller wants it, or NULL. */
static uint8_t *bounce_buffer(void)
{
	static uint8_t *bounce;

	if (!bounce)
		bounce = uefi_pages(BOUNCE_PAGES);
	return bounce;
}

/* For a buffer that is not aligned as the controller wants it. */
static EFI_STATUS read_bounced(EFI_BLOCK_IO *io, uint64_t lba, uint64_t bytes,
			       uint8_t *buf)
{
	uint8_t *bounce = bounce_buffer();
	EFI_STATUS status = EFI_SUCCESS;

	if (!bounce)
		return EFI_OUT_OF_RESOURCES;
	while (bytes && !status) {
		uint64_t n = BOUNCE_PAGES * EFI_PAGE_SIZE;

		if (n > bytes)
			n = bytes;
		status = read_blocks(io, lba, n, bounce);
		memcpy(buf, bounce, n);
		buf += n;
		lba += n / io->Media->BlockSize;
		bytes -= n;
	}
	return status;
}

static int disk_read(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	EFI_BLOCK_IO *io = b->priv;
	uint32_t align = io->Media->IoAlign;
	EFI_STATUS status;

	if (align > 1 && ((uintptr_t)buf & (align - 1)))
		status = read_bounced(io, lba, (uint64_t)n * b->sector, buf);
	else
		status = read_blocks(io, lba, (uint64_t)n * b->sector, buf);
	if (!status)
		return 0;
	return fail(ERR_READ, "(%s): sectors %lu+%u: EFI error %lu", b->name,
		    lba, n, (uint64_t)status & ~EFI_ERROR_MASK);
}

static int disk_write(struct blk *b, uint64_t lba, uint32_t n, const void *buf)
{
	EFI_BLOCK_IO *io = b->priv;
	uint8_t *bounce = bounce_buffer();
	const uint8_t *from = buf;
	EFI_STATUS status = bounce ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;

	for (; n && !status; n--, lba++, from += b->sector) {
		memcpy(bounce, from, b->sector);
		status = uefi_timed(io->WriteBlocks(io, io->Media->MediaId,
						    lba, b->sector, bounce));
	}
	return status ? fail(ERR_WRITE, "(%s): sector %lu: EFI error %lu",
			     b->name, lba - 1,
			     (uint64_t)status & ~EFI_ERROR_MASK) : 0;
}

static int disk_flush(struct blk *b)
{
	EFI_BLOCK_IO *io = b->priv;

	return uefi_timed(io->FlushBlocks(io)) ?
		fail(ERR_WRITE, "(%s): not flushed", b->name) : 0;
}

size_t uefi_path_length(EFI_DEVICE_PATH *path)
{
	EFI_DEVICE_PATH *node = path;

	while (!IsDevicePathEnd(node))
		node = NextDevicePathNode(node);
	return (size_t)((uint8_t *)node - (uint8_t *)path);
}

EFI_DEVICE_PATH *uefi_device_path(EFI_HANDLE handle)
{
	EFI_DEVICE_PATH *path;

	if (uefi_timed(uefi_boot->HandleProtocol(handle, &device_path_guid,
						 (void **)&path)))
		return NULL;
	return path;
}

/* Our partition's path is the disk's path with a node more. */
static bool holds_us(EFI_HANDLE disk)
{
	EFI_DEVICE_PATH *whole = uefi_device_path(disk);
	EFI_DEVICE_PATH *own = uefi_device_path(uefi_loaded->DeviceHandle);
	size_t len = whole ? uefi_path_length(whole) : 0;

	return len && own && len <= uefi_path_length(own) &&
	       !memcmp(whole, own, len);
}

/* The number of our partition in its table, GRUB's way, or -1. */
static int own_partition(void)
{
	EFI_DEVICE_PATH *node = uefi_device_path(uefi_loaded->DeviceHandle);

	for (; node && !IsDevicePathEnd(node); node = NextDevicePathNode(node))
		if (DevicePathType(node) == MEDIA_DEVICE_PATH &&
		    DevicePathSubType(node) == MEDIA_HARDDRIVE_DP)
			return (int)((HARDDRIVE_DEVICE_PATH *)node)
				       ->PartitionNumber -
			       1;
	return -1;
}

static bool usable(const EFI_BLOCK_IO_MEDIA *m)
{
	return !m->LogicalPartition && m->MediaPresent && m->LastBlock &&
	       m->BlockSize >= 512 && m->BlockSize <= 4096 &&
	       !(m->BlockSize & (m->BlockSize - 1));
}

static int add_disk(struct platform *p, EFI_BLOCK_IO *io, bool first)
{
	struct blk *b = arena_alloc(p->arena, sizeof(*b));

	if (!b)
		return ERR_NO_MEMORY;
	*b = (struct blk){.sector = io->Media->BlockSize,
			  .count = io->Media->LastBlock + 1,
			  .read = disk_read,
			  .write = io->Media->ReadOnly ? NULL : disk_write,
			  .flush = disk_flush,
			  .priv = io};
	if (first) {
		memmove(p->disk + 1, p->disk, p->n_disks * sizeof(*p->disk));
		p->disk[0] = b;
	} else {
		p->disk[p->n_disks] = b;
	}
	p->n_disks++;
	return blk_cache_attach(b, p->arena);
}

int uefi_disks(struct platform *p)
{
	EFI_HANDLE *handle;
	UINTN n = 0;
	bool found = false;

	if (uefi_timed(uefi_boot->LocateHandleBuffer(ByProtocol, &block_io_guid,
						     NULL, &n, &handle)))
		return fail(ERR_NO_DISK, "the firmware offers no Block I/O");
	p->disk = arena_alloc(p->arena, n * sizeof(*p->disk));
	if (!p->disk)
		return ERR_NO_MEMORY;
	for (UINTN i = 0; i < n; i++) {
		EFI_BLOCK_IO *io;
		bool ours;
		int err;

		if (uefi_timed(uefi_boot->HandleProtocol(
			    handle[i], &block_io_guid, (void **)&io)) ||
		    !usable(io->Media))
			continue;
		ours = !found && holds_us(handle[i]);
		if ((err = add_disk(p, io, ours)))
			return err;
		found |= ours;
	}
	uefi_timed(uefi_boot->FreePool(handle));
	for (unsigned i = 0; i < p->n_disks; i++)
		fmt(p->disk[i]->name, sizeof(p->disk[i]->name), "hd%u", i);
	if (found)
		p->boot_part = own_partition();
	return 0;
}
