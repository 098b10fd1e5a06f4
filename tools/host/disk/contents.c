/* libblkid knows what lies on disks, libfdisk the names of partition types. */
#include "tools/host/disk/contents.h"

#include <blkid/blkid.h>
#include <libfdisk/libfdisk.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/host/disk/guid.h"
#include "tools/text.h"

static blkid_probe open_probe(int fd, uint64_t off, uint64_t size)
{
	blkid_probe probe = blkid_new_probe();

	if (!probe)
		abort();
	if (!blkid_probe_set_device(probe, fd, (blkid_loff_t)off,
				    (blkid_loff_t)size))
		return probe;
	blkid_free_probe(probe);
	return NULL;
}

static void copy_value(blkid_probe probe, const char *from, json_t *j,
		       const char *to)
{
	const char *value;

	if (!blkid_probe_lookup_value(probe, from, &value, NULL))
		json_object_set_new(j, to, text_json(value));
}

json_t *contents_of(int fd, uint64_t off, uint64_t size)
{
	blkid_probe probe = open_probe(fd, off, size);
	json_t *j = NULL;
	int found;

	if (!probe)
		return NULL;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE |
					  BLKID_SUBLKS_LABEL |
					  BLKID_SUBLKS_UUID);
	found = blkid_do_safeprobe(probe);
	if (found == -2) {
		j = json_pack("{ss}", "type", "several file systems at once");
	} else if (!found && blkid_probe_has_value(probe, "TYPE")) {
		j = json_object();
		copy_value(probe, "TYPE", j, "type");
		copy_value(probe, "LABEL", j, "label");
		copy_value(probe, "UUID", j, "uuid");
	}
	blkid_free_probe(probe);
	return j;
}

const char *contents_part_type(const struct part_list *parts,
			       const struct part *p)
{
	struct fdisk_context *fdisk = fdisk_new_context();
	bool gpt = parts->table == PART_GPT;
	struct fdisk_label *label = fdisk_get_label(fdisk, gpt ? "gpt" : "dos");
	struct fdisk_parttype *type;
	static char name[80];
	char guid[37];

	guid_text(p->type_guid, guid);
	type = !label ? NULL : gpt ?
	       fdisk_label_get_parttype_from_string(label, guid) :
	       fdisk_label_get_parttype_from_code(label, p->mbr_type);
	if (type && fdisk_parttype_get_name(type))
		snprintf(name, sizeof(name), "%s",
			 fdisk_parttype_get_name(type));
	else if (gpt)
		snprintf(name, sizeof(name), "type %s", guid);
	else
		snprintf(name, sizeof(name), "type %#04x", p->mbr_type);
	fdisk_unref_context(fdisk);
	return name;
}

json_t *contents_part_name(int fd, uint32_t sector, unsigned number)
{
	blkid_probe probe = open_probe(fd, 0, 0);
	blkid_partition part = NULL;
	blkid_partlist list;
	json_t *j = NULL;

	if (!probe)
		return NULL;
	blkid_probe_set_sectorsize(probe, sector);
	blkid_probe_enable_partitions(probe, 1);
	list = blkid_probe_get_partitions(probe);
	if (list)
		part = blkid_partlist_get_partition_by_partno(list,
							      (int)number + 1);
	if (part && blkid_partition_get_name(part))
		j = text_json(blkid_partition_get_name(part));
	blkid_free_probe(probe);
	return j;
}
