/*
 * A GPT is libfdisk's business, also when it has to grow; an MBR is four
 * entries of 16 bytes, of which everything that need not change stays.
 */
#include "tools/adopt/table.h"

#include <endian.h>
#include <libfdisk/libfdisk.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/disk/layout.h"
#include "tools/image/recipe/part_types.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define ENTRIES 446

static const uint8_t mbr_types[] = {
	[PLAN_ESP] = 0xef, [PLAN_SWAP] = 0x82, [PLAN_EPHEMERAL] = 0x83,
};

/* An entry's place as cylinder, head, sector: "look at the other fields". */
static const uint8_t no_chs[3] = { 0xfe, 0xff, 0xff };

static void set_place(uint8_t *entry, uint32_t first, uint32_t count)
{
	first = htole32(first);
	count = htole32(count);
	memcpy(entry + 1, no_chs, 3);
	memcpy(entry + 5, no_chs, 3);
	memcpy(entry + 8, &first, 4);
	memcpy(entry + 12, &count, 4);
}

bool table_shift_mbr(uint8_t *mbr, uint64_t shift)
{
	for (uint8_t *e = mbr + ENTRIES; e < mbr + 510; e += 16) {
		uint32_t first, count;

		memcpy(&first, e + 8, 4);
		memcpy(&count, e + 12, 4);
		first = le32toh(first);
		count = le32toh(count);
		if (!e[4] || !count || !shift)
			continue;
		if (first + shift + count > UINT32_MAX)
			return false;
		set_place(e, (uint32_t)(first + shift), count);
	}
	return true;
}

static int write_mbr(const struct plan *p, const struct old *o, int fd)
{
	uint8_t mbr[512];

	if (pread(o->image->fd, mbr, sizeof(mbr), 0) != sizeof(mbr))
		return report_errno("%s", o->image->path);
	if (!table_shift_mbr(mbr, (p->to - p->from) / OLD_SECTOR))
		return report_error("%s: too large for an MBR when it has room "
				    "for boot code", o->image->path);
	for (unsigned i = 0; i < p->n; i++) {
		uint8_t *e = mbr + ENTRIES + 16 * (p->part[i].number - 1);

		memset(e, 0, 16);
		e[4] = mbr_types[p->part[i].role];
		set_place(e, (uint32_t)(p->part[i].offset / OLD_SECTOR),
			  (uint32_t)(p->part[i].size / OLD_SECTOR));
	}
	/* The boot code is written by who knows it. */
	memset(mbr, 0, 440);
	if (tempfile_write(fd, 0, mbr, sizeof(mbr)))
		return report_errno("partition table");
	return 0;
}

/* O's GPT up to its first partition; libfdisk reads it from there. */
static int copy_gpt(const struct plan *p, const struct old *o, int fd)
{
	uint8_t sector[OLD_SECTOR];

	for (uint64_t at = 0; at < p->from; at += sizeof(sector)) {
		if (pread(o->image->fd, sector, sizeof(sector), (off_t)at) !=
		    sizeof(sector))
			return report_errno("%s", o->image->path);
		if (!at)
			memset(sector, 0, 440);
		if (tempfile_write(fd, at, sector, sizeof(sector)))
			return report_errno("partition table");
	}
	return 0;
}

static int add_parts(struct fdisk_context *c, const struct plan *p,
		     const struct table_ids *ids)
{
	static const char *const types[] = {
		[PLAN_ROOT] = PART_TYPE_LINUX, [PLAN_BIOS] = PART_TYPE_BIOS,
		[PLAN_ESP] = PART_TYPE_ESP, [PLAN_SWAP] = PART_TYPE_SWAP,
		[PLAN_EPHEMERAL] = PART_TYPE_LINUX,
	};
	static const struct recipe plain;
	int err = 0;

	for (unsigned i = 0; !err && i < p->n; i++) {
		const struct plan_part *part = &p->part[i];
		struct part_range range = { part->offset, part->size };

		err = layout_add(c, &plain, (struct layout_entry){
			&range, part->number, types[part->role],
			plan_role_name(part->role), ids->part[i], false });
	}
	return err;
}

static int write_gpt(const struct plan *p, const struct old *o,
		     const struct table_ids *ids, int fd, const char *path)
{
	struct fdisk_context *c = fdisk_new_context();
	int err;

	fdisk_disable_dialogs(c, 1);
	fdisk_save_user_sector_size(c, OLD_SECTOR, OLD_SECTOR);
	err = fdisk_assign_device_by_fd(c, fd, path, 0);
	if (!err && o->bare)
		err = fdisk_create_disklabel(c, "gpt");
	if (!err && o->bare)
		err = fdisk_set_disklabel_id_from_string(c, ids->disk);
	if (!err)
		err = add_parts(c, p, ids);
	if (!err)
		err = fdisk_write_disklabel(c);
	fdisk_deassign_device(c, 1);
	fdisk_unref_context(c);
	return err ? report_error("partition table: %s", strerror(-err)) : 0;
}

int table_write(const struct plan *p, const struct old *o,
		const struct table_ids *ids, int fd, const char *path)
{
	if (p->table == PART_MBR)
		return write_mbr(p, o, fd);
	if (!o->bare && copy_gpt(p, o, fd))
		return -1;
	return write_gpt(p, o, ids, fd, path);
}
