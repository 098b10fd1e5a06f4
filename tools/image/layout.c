/*
 * Partition tables by libfdisk, on a plain file.
 */
#include "tools/image/layout.h"

#include <libfdisk/libfdisk.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/parts.h"
#include "tools/report.h"

#define MIB (1ul << 20)
#define JOURNALED (8 * MIB)	/* a smaller file system has no journal */
#define BIOS_SIZE (4 * MIB)	/* stage 2, and room for what comes beside it */

#define GUID_LINUX "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
/* systemd's "Discoverable Partitions": the root of x86-64. */
#define GUID_ROOT "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"
#define GUID_BIOS "21686148-6449-6E6F-744E-656564454649"
#define GUID_ESP "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

int layout_plan(struct layout *l, const struct recipe *r, uint64_t need)
{
	uint64_t at = r->table == PART_NONE ? 0 : MIB;
	/* GPT keeps a copy of itself at the end. */
	uint64_t tail = r->table == PART_GPT ? MIB : 0, least;

	*l = (struct layout){ 0 };
	if (r->table == PART_GPT && r->boot & BOOT_BIOS) {
		l->bios = (struct part_range){ at, BIOS_SIZE };
		at += BIOS_SIZE;
	}
	if (r->boot & BOOT_UEFI) {
		l->esp = (struct part_range){ at, r->esp_size };
		at += round_up(r->esp_size, MIB);
	}
	for (unsigned i = 0; i < r->n_parts; i++) {
		l->more[i] = (struct part_range){
			at, r->part[i].size & -4096l };
		at += round_up(r->part[i].size, MIB);
	}
	least = at + round_up(need, 4096) + tail;
	if (!r->minimize)
		need += need / 10 + 4 * MIB;	/* room to live */
	if (!r->minimize && need < JOURNALED &&
	    (r->fs == FS_EXT3 || r->fs == FS_EXT4))
		need = JOURNALED;
	l->size = r->size ? r->size :
		  at + tail + round_up(need, r->minimize ? 4096 : MIB);
	if (l->size < least)
		return report_error("the image is too small: %lu bytes, needed "
				    "are %lu (%lu MiB)", l->size, least,
				    round_up(least, MIB) / MIB);
	l->root.offset = at;
	l->root.size = (l->size - at - tail) & -(uint64_t)4096;
	if (r->table == PART_MBR && l->size / r->sector > UINT32_MAX)
		return report_error("the image is too large for an MBR; "
				    "use --table gpt");
	return 0;
}

static int add_partition(struct fdisk_context *c, const struct part_range *e,
			 size_t number, const char *type, const char *uuid,
			 const char *name)
{
	struct fdisk_label *label = fdisk_get_label(c, NULL);
	struct fdisk_partition *p = fdisk_new_partition();
	unsigned long sector = fdisk_get_sector_size(c);
	struct fdisk_parttype *t = uuid ?
		fdisk_label_get_parttype_from_string(label, type) :
		fdisk_label_parse_parttype(label, type);
	int err;

	fdisk_partition_set_start(p, e->offset / sector);
	fdisk_partition_set_size(p, e->size / sector);
	fdisk_partition_set_partno(p, number - 1);
	fdisk_partition_set_type(p, t);
	if (uuid)
		fdisk_partition_set_uuid(p, uuid);
	if (uuid && name[0])
		fdisk_partition_set_name(p, name);
	err = fdisk_add_partition(c, p, NULL);
	fdisk_unref_parttype(t);
	fdisk_unref_partition(p);
	return err;
}

static int add_more(struct fdisk_context *c, const struct layout *l,
		    const struct recipe *r, const struct layout_ids *ids)
{
	int err = 0;

	for (unsigned i = 0; !err && i < r->n_parts; i++)
		err = add_partition(c, &l->more[i], 2 + i,
				    parts_type(&r->part[i], r->table),
				    r->table == PART_GPT ? ids->more[i] : NULL,
				    r->part[i].label);
	return err;
}

static int write_gpt(struct fdisk_context *c, const struct layout *l,
		     const struct recipe *r, const struct layout_ids *ids)
{
	int err = fdisk_create_disklabel(c, "gpt");

	if (!err)
		err = fdisk_set_disklabel_id_from_string(c, ids->disk);
	if (!err && l->bios.size)
		err = add_partition(c, &l->bios, 14, GUID_BIOS, ids->bios,
				    "BIOS boot");
	if (!err && l->esp.size)
		err = add_partition(c, &l->esp, 15, GUID_ESP, ids->esp,
				    "ESP");
	if (!err)
		err = add_more(c, l, r, ids);
	if (!err)
		err = add_partition(c, &l->root, 1, r->discoverable ?
				    GUID_ROOT : GUID_LINUX, ids->root, "root");
	return err;
}

static int write_mbr(struct fdisk_context *c, const struct layout *l,
		     const struct recipe *r, const struct layout_ids *ids)
{
	int err = fdisk_create_disklabel(c, "dos");
	char id[16];

	snprintf(id, sizeof(id), "0x%08x", ids->mbr);
	if (!err)
		err = fdisk_set_disklabel_id_from_string(c, id);
	if (!err)
		err = add_partition(c, &l->root, 1,
				    r->fs == FS_FAT32 ? "c" : "83", NULL, "");
	if (!err)
		err = add_more(c, l, r, ids);
	if (!err)
		err = fdisk_toggle_partition_flag(c, 0, DOS_FLAG_ACTIVE);
	return err;
}

int layout_write(const struct layout *l, const struct recipe *r,
		 const struct layout_ids *ids, int fd, const char *path)
{
	struct fdisk_context *c;
	int err;

	if (r->table == PART_NONE)
		return 0;
	c = fdisk_new_context();
	fdisk_disable_dialogs(c, 1);
	fdisk_save_user_sector_size(c, r->sector, r->sector);
	err = fdisk_assign_device_by_fd(c, fd, path, 0);
	if (!err)
		err = r->table == PART_GPT ? write_gpt(c, l, r, ids) :
		      write_mbr(c, l, r, ids);
	if (!err)
		err = fdisk_write_disklabel(c);
	fdisk_deassign_device(c, 1);
	fdisk_unref_context(c);
	if (err)
		return report_error("partition table: %s", strerror(-err));
	/* UEFI 2.10, 5.2.3: the protective entry's flag should be 0. */
	if (r->pmbr_active && pwrite(fd, "\x80", 1, 446) != 1)
		return report_errno("partition table");
	return 0;
}
