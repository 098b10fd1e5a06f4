/*
 * What firmware would start.  The BIOS stages are followed as the boot block
 * follows them: its list of extents, then stage 2's head and checksum
 * (loader/disk/bootblock.h).
 */
#include "tools/host/bootcode.h"

#include <stdio.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/base/span.h"
#include "loader/disk/bootblock.h"
#include "loader/fs/fs.h"

static const uint8_t esp_type[16] = {
	0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
	0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b,
};
#define ESP_MBR_TYPE 0xef

static const struct boot_list *find_list(const uint8_t *block, unsigned *max)
{
	const struct boot_list *mbr, *ext;

	mbr = (const struct boot_list *)(block + BOOT_MBR_LIST);
	ext = (const struct boot_list *)(block + BOOT_EXT_LIST);
	*max = mbr->magic == BOOT_LIST_MAGIC ? 1 : BOOT_EXT_EXTENTS;
	if (mbr->magic == BOOT_LIST_MAGIC)
		return mbr;
	return ext->magic == BOOT_LIST_MAGIC ? ext : NULL;
}

/* Stage 2 by LIST into BUF; its bytes, or 0 with WHY. */
static size_t read_stage2(struct blk *disk, const struct boot_list *list,
			  unsigned max, uint8_t *buf, char *why)
{
	size_t len = 0;

	if (!list->n || list->n > max) {
		snprintf(why, 128, "the boot block's list is damaged");
		return 0;
	}
	for (unsigned i = 0; i < list->n; i++) {
		const struct boot_extent *e = &list->extent[i];

		if (e->sectors > (STAGE2_MAX - len) / 512) {
			snprintf(why, 128, "the boot block's list is damaged");
			return 0;
		}
		if (blk_read(disk, e->lba, e->sectors, buf + len)) {
			snprintf(why, 128, "stage 2: %.100s", err_text());
			err_clear();
			return 0;
		}
		len += e->sectors * 512;
	}
	return len;
}

static bool is_whole(const uint8_t *stage2, size_t len)
{
	const struct stage2_head *head = (const struct stage2_head *)stage2;
	const uint32_t *word = (const uint32_t *)stage2;
	uint32_t sum = 0;

	if (head->magic != STAGE2_MAGIC || head->size != len)
		return false;
	for (size_t i = 0; i < len / 4; i++)
		sum += word[i];
	return !sum;
}

enum carried bootcode_bios(struct blk *disk, char why[128])
{
	static uint8_t block[BOOT_EXT_SIZE], stage2[STAGE2_MAX];
	const struct boot_list *list;
	unsigned max;
	size_t len;

	if (disk->sector != 512) {
		snprintf(why, 128, "sectors of %u bytes", disk->sector);
		return CARRIED_NOT;
	}
	if (blk_read(disk, 0, 2, block)) {
		err_clear();
		snprintf(why, 128, "the boot sector cannot be read");
		return CARRIED_NOT;
	}
	snprintf(why, 128, "no boot code");
	if (block[510] != 0x55 || block[511] != 0xaa || !block[0])
		return CARRIED_NOT;
	list = find_list(block, &max);
	snprintf(why, 128, "boot code of somebody else");
	if (!list)
		return CARRIED_FOREIGN;
	len = read_stage2(disk, list, max, stage2, why);
	if (len && is_whole(stage2, len))
		return CARRIED_OURS;
	if (len)
		snprintf(why, 128, "stage 2 is damaged, or not where the boot "
			 "block looks");
	return CARRIED_BROKEN;
}

/* PE/COFF: the fifth data directory of a PE32+ is the certificate table. */
static bool has_certificate(struct file *f)
{
	static uint8_t head[4096];
	size_t len = f->size < sizeof(head) ? f->size : sizeof(head);
	struct span s = span_of(head, len);
	uint32_t pe;

	if (fs_read(f, 0, len, head)) {
		err_clear();
		return false;
	}
	pe = span_u32(&s, 0x3c);
	return span_u16(&s, pe + 24ull) == 0x20b &&
	       span_u32(&s, pe + 24ull + 112 + 4 * 8 + 4) && !s.bad;
}

enum carried bootcode_uefi(struct blk *disk, const struct part_list *parts,
			  char why[128], bool *is_signed)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	const struct part *esp = NULL;
	struct part_blk blk;
	struct file f;
	struct fs fs;

	snprintf(why, 128, "no EFI system partition");
	for (unsigned i = 0; i < parts->n; i++)
		if (!memcmp(parts->part[i].type_guid, esp_type, 16) ||
		    parts->part[i].mbr_type == ESP_MBR_TYPE)
			esp = &parts->part[i];
	if (!esp)
		return CARRIED_NOT;
	if (part_open(disk, parts, esp->number, &blk) ||
	    fs_mount(&fs, &blk.blk, &arena) ||
	    fs_open(&fs, "/EFI/BOOT/BOOTX64.EFI", &f)) {
		snprintf(why, 128, "EFI system partition: %.100s", err_text());
		err_clear();
		return CARRIED_BROKEN;
	}
	if (is_signed)
		*is_signed = has_certificate(&f);
	return CARRIED_OURS;
}
