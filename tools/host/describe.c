/*
 * The model of a disk.  What a boot path would do is found out by letting the
 * loader do it (hostboot.c); what the loader does not read, libblkid names.
 * Strings come from the disk, so all go through text_json().
 */
#include "tools/host/describe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/fs/fs.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/disk/bootcode.h"
#include "tools/host/disk/contents.h"
#include "tools/host/disk/fsinfo.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/drivers/verdict.h"
#include "tools/option_value.h"
#include "tools/report.h"
#include "tools/text.h"

static enum carried bios_there(struct blk *d, const struct part_list *parts,
			       char why[128], const struct hostboot_path **how)
{
	bool no_second;
	enum carried c = bootcode_bios(d, why, &no_second);

	if (no_second)
		*how = &hostboot_bios_first;
	return c;
}

static enum carried uefi_there(struct blk *d, const struct part_list *parts,
			       char why[128], const struct hostboot_path **how)
{
	return bootcode_uefi(d, parts, why, NULL);
}

/* Nothing of ours is on the disk: the domain brings its loader. */
static enum carried pv_there(struct blk *d, const struct part_list *parts,
			     char why[128], const struct hostboot_path **how)
{
	return CARRIED_OURS;
}

/* Of what is ours: HOW, when it is otherwise; WHY, a remark or "". */
static enum carried (*const there[PATH_COUNT])(struct blk *d,
	const struct part_list *parts, char why[128],
	const struct hostboot_path **how) = {
	[PATH_BIOS] = bios_there, [PATH_UEFI] = uefi_there,
	[PATH_PV] = pv_there,
};

static const char *const tables[] = {
	[PART_NONE] = "none", [PART_MBR] = "mbr", [PART_GPT] = "gpt",
};

static bool is_ext(const json_t *known)
{
	const char *type = json_string_value(json_object_get(known, "type"));

	return type && !strncmp(type, "ext", 3);
}

/*
 * What lies at OFF, null for nothing known.  "read": by our loaders, who call
 * all of ext's generations by one name.
 */
static json_t *describe_fs(struct blk *b, int fd, uint64_t off)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	json_t *j = contents_of(fd, off, b->count * b->sector);
	struct fs fs;
	bool ours;

	err_clear();
	ours = !fs_mount(&fs, b, &arena);
	err_clear();
	if (ours && (strcmp(fs.driver->name, "ext4") || !is_ext(j))) {
		json_decref(j);
		j = json_pack("{ss so so}", "type", fs.driver->name, "label",
			      text_json(fs.label), "uuid", text_json(fs.uuid));
	}
	if (!j)
		return json_null();
	json_object_set_new(j, "read", json_boolean(ours));
	fsinfo_add(j, fd, off);
	if (ours && fs.bytes > blk_bytes(b))
		json_object_set_new(j, "cut", json_sprintf(
			"it has %" PRIu64 " bytes, but only %" PRIu64 " are "
			"there", fs.bytes, blk_bytes(b)));
	return j;
}

static json_t *describe_partition(struct blk *disk, int fd,
				  const struct part_list *parts,
				  const struct part *p)
{
	struct part_blk b;
	char name[24];
	json_t *j;

	snprintf(name, sizeof(name), "%s,%u", disk->name, p->number);
	j = json_pack("{ss si sI sI sI ss so*}", "name", name, "number",
		      (int)p->number + 1, "first", (json_int_t)p->first,
		      "sectors", (json_int_t)p->count, "size",
		      (json_int_t)(p->count * disk->sector), "type",
		      contents_part_type(parts, p), "label",
		      parts->table == PART_GPT ?
		      contents_part_name(fd, disk->sector, p->number) : NULL);
	if (part_open(disk, parts, p->number, &b))
		json_object_set_new(j, "error", text_json(err_text()));
	else
		json_object_set_new(j, "fs", describe_fs(&b.blk, fd,
				    p->first * disk->sector));
	err_clear();
	return j;
}

static json_t *describe_partitions(struct blk *disk, int fd,
				   const struct part_list *parts)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < parts->n; i++) {
		err_clear();
		json_array_append_new(list, describe_partition(
			disk, fd, parts, &parts->part[i]));
	}
	return list;
}

/* One path as an object with "status": ok, fails, not there, foreign. */
static json_t *describe_path(unsigned i, struct blk *disk,
			     const struct part_list *parts,
			     const struct describe_asked *o)
{
	static struct hostboot hb;
	char why[128] = "";
	const struct hostboot_path *how = &hostboot_paths[i];
	enum carried c = there[i](disk, parts, why, &how);
	json_t *j = json_pack("{ss}", "path", hostboot_paths[i].name);

	if (c == CARRIED_NOT || c == CARRIED_BROKEN || c == CARRIED_FOREIGN) {
		json_object_set_new(j, "status", json_string(
			c == CARRIED_NOT ? "not there" :
			c == CARRIED_BROKEN ? "fails" : "foreign"));
		json_object_set_new(j, "why", text_json(why));
		return j;
	}
	hb = (struct hostboot){ .mem_mb = o->mem_mb };
	hostboot_run(&hb, disk, how);
	json_object_set_new(j, "status", json_string(hb.ok ? "ok" : "fails"));
	if (why[0] || hb.remark[0])
		json_object_set_new(j, "remark", text_json(
			why[0] ? why : hb.remark));
	if (hb.ok)
		json_object_set(j, "starts", hb.handover);
	else
		json_object_set_new(j, "why", text_json(hb.why));
	if (o->verbose)
		json_object_set_new(j, "console", text_json(hb.console));
	hostboot_release(&hb);
	return j;
}

static json_t *describe_paths(struct blk *disk, const struct part_list *parts,
			      const struct describe_asked *o, bool *bad)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < PATH_COUNT; i++) {
		const char *status;
		json_t *p;

		if (o->paths &&
		    !option_value_has(o->paths, hostboot_paths[i].name))
			continue;
		p = describe_path(i, disk, parts, o);
		status = json_string_value(json_object_get(p, "status"));
		/* A path that was asked for must be there. */
		*bad |= !strcmp(status, "fails") ||
			(o->paths && !strcmp(status, "not there"));
		json_array_append_new(list, p);
	}
	return list;
}

static json_t *describe_disk(struct blk *disk, int fd,
			     const struct describe_asked *o, bool *bad)
{
	static struct part_list parts;
	json_t *error, *j;
	int err;

	err_clear();
	err = part_read(disk, &parts);
	error = err ? text_json(err_text()) : NULL;
	*bad = err;
	j = json_pack("{sI si si ss so* so}", "size",
		      (json_int_t)(disk->count * disk->sector), "sector",
		      (int)disk->sector, "mem_mb", (int)o->mem_mb,
		      "table", tables[parts.table],
		      "error", error, "partitions",
		      describe_partitions(disk, fd, &parts));
	if (parts.remark[0])
		json_object_set_new(j, "remark", text_json(parts.remark));
	else if (parts.from_backup)
		json_object_set_new(j, "remark", json_string("the first GPT is "
				    "broken: read from its copy"));
	err_clear();
	if (parts.table == PART_NONE)
		json_object_set_new(j, "fs", describe_fs(disk, fd, 0));
	json_object_set_new(j, "paths", describe_paths(disk, &parts, o,
						       bad));
	if (!o->paths)
		json_object_set_new(j, "machines", verdict_json(
			disk, fd, &parts, o->mem_mb));
	return j;
}

json_t *describe_image(const struct image *img, const struct describe_asked *o,
		       bool *bad)
{
	struct hostdisk disk;
	json_t *j;

	if (hostdisk_attach(&disk, "hd0", img->fd, hostdisk_sector(img->fd)) ||
	    !disk.blk.count) {
		report_error("%s: not a disk image", img->path);
		return NULL;
	}
	j = json_pack("{ss so ss ss*}", "schema", "twinboot-inspect-1",
		      "image", text_json(img->path), "format", img->format,
		      "packed", img->packed);
	json_object_update_new(j, describe_disk(&disk.blk, img->fd, o, bad));
	return j;
}

const void *describe_path_find(const char *name)
{
	for (size_t i = 0; i < PATH_COUNT; i++)
		if (!strcmp(hostboot_paths[i].name, name))
			return &hostboot_paths[i];
	return NULL;
}
