/*
 * The table of machine profiles, and `twinboot profiles`.  The first is what a
 * matrix takes when nobody asks for others.
 */
#include "tools/host/drivers/profile.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"

static const struct profile profiles[] = {
	{ "virtio", "what each path has by itself, with a virtio disk",
	  " bios uefi uefi-secure pv xen direct ", NULL, NULL, NULL, { NULL } },
	{ "emulated", "EC2's first HVM types: i440fx, IDE", " bios ", "pc",
	  "ide", NULL, { "ata_piix", "ata_generic", NULL } },
	{ "xen-pv", "EC2's PV types: xvda and hvc0", " xen pv ", NULL, NULL,
	  NULL, { "xen_blkfront", "xen-blkfront", NULL } },
	{ "xen-pv-part", "EC2's PV types with the root file system exported as "
	  "xvda1", " xen pv ", NULL, NULL, "xvda1",
	  { "xen_blkfront", "xen-blkfront", NULL } },
	{ "pvhvm-like", "HVM with paravirtual drivers: virtio on i440fx",
	  " bios ", "pc", "virtio", NULL, { "virtio_blk", NULL } },
	{ "nitro", "EC2's Nitro types: q35, NVMe", " bios uefi ", "q35",
	  "nvme", NULL, { "nvme", NULL } },
	{ "metal", "a real machine: q35, AHCI", " bios uefi ", "q35", "ahci",
	  NULL, { "ahci", NULL } },
	{ "hyperv-gen1", "Hyper-V generation 1: BIOS, IDE", " bios ", "pc",
	  "ide", NULL, { "ata_piix", "ata_generic", NULL } },
	{ "hyperv-gen2", "Hyper-V generation 2: UEFI, SCSI", " uefi ", "q35",
	  "scsi", NULL, { "virtio_scsi", NULL } },
	{ "vmware", "VMware: paravirtual SCSI, which hv.elf does not drive",
	  " bios uefi ", "pc", "pvscsi", NULL, { "vmw_pvscsi", NULL } },
	{ "vmware-ahci", "VMware with a SATA disk: q35, AHCI, e1000e",
	  " bios uefi ", "q35", "ahci", NULL, { "ahci", NULL }, "e1000e" },
	{ "vmware-nvme", "VMware with an NVMe disk: q35, NVMe, e1000e",
	  " bios uefi ", "q35", "nvme", NULL, { "nvme", NULL }, "e1000e" },
	{ "proxmox", "Proxmox VE: i440fx, virtio-scsi, virtio-net",
	  " bios ", "pc", "scsi", NULL, { "virtio_scsi", NULL }, "virtio" },
};

const struct profile *profile_nth(unsigned i)
{
	return i < sizeof(profiles) / sizeof(profiles[0]) ? &profiles[i] : NULL;
}

const char *profile_name(unsigned i)
{
	const struct profile *p = profile_nth(i);

	return p ? p->name : NULL;
}

const struct profile *profile_find(const char *name)
{
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (!strcmp(profiles[i].name, name))
			return &profiles[i];
	return NULL;
}

/* "bios+hv" is the same machine as "bios". */
bool profile_has(const struct profile *p, const char *path)
{
	char word[32];

	snprintf(word, sizeof(word), " %.*s ", (int)strcspn(path, "+"), path);
	return strstr(p->paths, word);
}

/* The words of LIST, which blanks part. */
static json_t *words_json(const char *list)
{
	json_t *words = json_array();

	for (size_t len; list += strspn(list, " "), *list; list += len) {
		len = strcspn(list, " ");
		json_array_append_new(words, json_stringn(list, len));
	}
	return words;
}

static void put_json(void)
{
	json_t *list = json_array(), *all;

	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		json_array_append_new(list, json_pack(
			"{ss ss so ss* ss* ss* ss*}", "name", profiles[i].name,
			"what", profiles[i].what, "paths",
			words_json(profiles[i].paths), "machine",
			profiles[i].machine, "disk", profiles[i].disk, "vdev",
			profiles[i].vdev, "nic", profiles[i].nic));
	all = json_pack("{so}", "profiles", list);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

struct given {
	bool json;
};

static const struct options_row rows[] = {
	{ "json", 0, NULL, "the same as one JSON object", OPTIONS_FLAG,
	  offsetof(struct given, json) },
};

static const struct options options = {
	.usage = "[OPTION...]",
	.about = "List the machines that `twinboot matrix --profiles' can "
		 "take.",
	.row = rows, .n = sizeof(rows) / sizeof(rows[0]),
};

static int profiles_run(int argc, char **argv)
{
	struct given g = { 0 };
	struct options_rest rest;
	int err = options_parse(&options, &g, argc, argv, &rest);

	if (err)
		return err > 0 ? 0 : 2;
	if (g.json)
		put_json();
	for (size_t i = 0; !g.json &&
	     i < sizeof(profiles) / sizeof(profiles[0]); i++)
		printf("%-12s %s;%.*s\n", profiles[i].name, profiles[i].what,
		       (int)strlen(profiles[i].paths) - 1, profiles[i].paths);
	return 0;
}

const struct command profiles_command = {
	"profiles", "the machines that `matrix` can take", &options,
	profiles_run,
};
