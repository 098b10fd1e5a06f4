/*
 * Reading hv.elf from beside stage 2.  The hash finds what is damaged, not what
 * is forged: who can write there can write a boot sector.  SHA-256 of so much
 * would cost more instructions than all else that this loader does.
 */
#include "loader/disk/boothv.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/xxh64.h"

static int damaged(void)
{
	return fail(ERR_READ, "hv.elf beside stage 2 is damaged");
}

static uint32_t room(uint32_t size)
{
	return (size + 511) & -512u;
}

static uint64_t listed(const struct boothv *hv)
{
	uint64_t n = 0;

	for (unsigned i = hv->list->n; i < hv->max; i++)
		n += hv->list->extent[i].sectors;
	return n;
}

static int read_at(const struct boothv *hv, uint32_t skip, uint32_t sectors,
		   void *to)
{
	return bootlist_read(hv->disk, hv->list, hv->list->n, hv->max,
			     hv->skip + skip, sectors, to);
}

int boothv_find(struct boothv *hv)
{
	uint8_t sector[512];
	int err;

	if (listed(hv) <= hv->skip)
		return ERR_FILE_NOT_FOUND;
	err = read_at(hv, 0, 1, sector);
	if (err)
		return err;
	memcpy(&hv->head, sector, sizeof(hv->head));
	return hv->head.magic == BOOT_HV_MAGIC && hv->head.size &&
		hv->head.size <= BOOT_HV_MAX ? 0 : damaged();
}

uint32_t boothv_room(const struct boothv *hv)
{
	return room(hv->head.size);
}

int boothv_read(const struct boothv *hv, uint8_t *to)
{
	uint32_t bytes = boothv_room(hv);
	int err = read_at(hv, 1, bytes / 512, to);

	if (err)
		return err;
	return xxh64_hash(to, bytes) == hv->head.hash ? 0 : damaged();
}

void boothv_head(struct hv_head *head, const void *file, uint32_t len)
{
	*head = (struct hv_head){ .magic = BOOT_HV_MAGIC, .size = len,
				  .hash = xxh64_hash(file, room(len)) };
}
