/*
 * Partition tables by libfdisk, on a plain file.
 */
#include "tools/image/disk/layout.h"

#include <libfdisk/libfdisk.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/recipe/part_data.h"
#include "tools/image/recipe/part_option.h"
#include "tools/image/recipe/part_types.h"
#include "tools/report.h"

#define MIB (1ul << 20)
#define JOURNALED (8 * MIB)	/* a smaller file system has no journal */
#define BIOS_SIZE (4 * MIB)	/* stage 2, and room for what comes beside it */

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

static int set_flags(struct fdisk_context *c, const struct layout_entry *e,
		     const struct recipe_said *s)
{
	bool active = s && s->has_flags ? s->flags : e->active;

	if (!e->uuid)
		return active ? fdisk_toggle_partition_flag(c, e->number - 1,
							    DOS_FLAG_ACTIVE) :
		       0;
	return s && s->flags ?
	       fdisk_gpt_set_partition_attrs(c, e->number - 1, s->flags) : 0;
}

int layout_add(struct fdisk_context *c, const struct recipe *r,
	       struct layout_entry x)
{
	const struct recipe_said *s = part_option_find(r, x.number);
	struct fdisk_label *label = fdisk_get_label(c, NULL);
	struct fdisk_partition *p = fdisk_new_partition();
	unsigned long sector = fdisk_get_sector_size(c);
	struct fdisk_parttype *t;
	int err;

	if (s && s->type)
		x.type = s->type;
	if (s && s->name)
		x.name = s->name;
	t = fdisk_label_parse_parttype(label, x.type);
	fdisk_partition_set_start(p, x.range->offset / sector);
	fdisk_partition_set_size(p, x.range->size / sector);
	fdisk_partition_size_explicit(p, 1);	/* not to whole MiB */
	fdisk_partition_set_partno(p, x.number - 1);
	fdisk_partition_set_type(p, t);
	if (x.uuid)
		fdisk_partition_set_uuid(p, x.uuid);
	if (x.uuid && x.name[0])
		fdisk_partition_set_name(p, x.name);
	err = fdisk_add_partition(c, p, NULL);
	if (!err)
		err = set_flags(c, &x, s);
	fdisk_unref_parttype(t);
	fdisk_unref_partition(p);
	return err;
}

const char *layout_root_type(const struct recipe *r)
{
	bool fat = r->fs == FS_FAT32;

	if (r->table == PART_MBR)
		return fat ? "c" : "83";
	return r->discoverable ? PART_TYPE_ROOT : PART_TYPE_LINUX;
}

static int add_more(struct fdisk_context *c, const struct layout *l,
		    const struct recipe *r, const struct layout_ids *ids)
{
	int err = 0;

	for (unsigned i = 0; !err && i < r->n_parts; i++)
		err = layout_add(c, r, (struct layout_entry){
			&l->more[i], 2 + i,
			part_data_type(&r->part[i], r->table), r->part[i].label,
			r->table == PART_GPT ? ids->more[i] : NULL, false });
	return err;
}

static int write_gpt(struct fdisk_context *c, const struct layout *l,
		     const struct recipe *r, const struct layout_ids *ids)
{
	int err = fdisk_create_disklabel(c, "gpt");

	if (!err)
		err = fdisk_set_disklabel_id_from_string(c, ids->disk);
	if (!err && l->bios.size)
		err = layout_add(c, r, (struct layout_entry){
			&l->bios, RECIPE_BIOS_NUMBER, PART_TYPE_BIOS,
			"BIOS boot", ids->bios, false });
	if (!err && l->esp.size)
		err = layout_add(c, r, (struct layout_entry){
			&l->esp, RECIPE_ESP_NUMBER, PART_TYPE_ESP, "ESP",
			ids->esp, false });
	if (!err)
		err = add_more(c, l, r, ids);
	if (!err)
		err = layout_add(c, r, (struct layout_entry){
			&l->root, RECIPE_ROOT_NUMBER, layout_root_type(r),
			"root", ids->root, false });
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
		err = layout_add(c, r, (struct layout_entry){
			&l->root, RECIPE_ROOT_NUMBER, layout_root_type(r), "",
			NULL, true });
	return err ? err : add_more(c, l, r, ids);
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
