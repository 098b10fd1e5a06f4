/*
 * The table, and the command line.  An option that may be given again makes a
 * list; another one's last value counts.
 */
#include "tools/image/recipe/build_options.h"

#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/image/recipe/format_name.h"
#include "tools/progress.h"
#include "tools/report.h"

/* What was said goes to the lists, whichever way it came. */
static int take_key(void *self, const char *name, const char *value)
{
	int key = 0;

	while (strcmp(build_keys[key].name, name))
		key++;
	build_options_add(self, key, value ? value : "yes");
	return 0;
}

static int take_progress(void *self, const char *name, const char *value)
{
	return progress_choose(value);
}

static const char *boot_name(unsigned n)
{
	static const char *const names[] = { "bios", "uefi", "pv" };

	return n < sizeof(names) / sizeof(names[0]) ? names[n] : NULL;
}

#define KEY(letter, name, arg, what) \
	{ name, letter, arg, what, OPTIONS_CALL, 0, take_key }

const struct options_row build_keys[KEYS + 2] = {
	[KEY_OUTPUT] = KEY('o', "output", "IMAGE",
		"the image; .gz, .zst and .xz pack it; - is standard "
		"output"),
	[KEY_BMAP] = KEY(0, "bmap", "FILE",
		"which blocks are used, for bmaptool"),
	[KEY_MANIFEST] = KEY(0, "manifest", "FILE",
		"partitions, UUIDs and hashes, as JSON"),
	[KEY_SBOM] = KEY(0, "sbom", "FILE",
		"packages and files, as SPDX 2.3 JSON"),
	[KEY_TABLE] = KEY(0, "table", "gpt|mbr|none",
		"partition table (gpt)"),
	[KEY_SIZE] = KEY(0, "size", "S",
		"of the image, as 640M or 2G (what it needs)"),
	[KEY_MINIMIZE] = KEY(0, "minimize", NULL,
		"no larger than needed, no room to live"),
	[KEY_SECTOR] = KEY(0, "sector", "512|4096",
		"bytes a sector (512)"),
	[KEY_ROOT] = KEY(0, "root", "DIR|TAR|OCI|-",
		"what to put into the root file system; may be given "
		"again"),
	[KEY_EXCLUDE] = KEY(0, "exclude", "PATH",
		"leave out what --root has there; may be given again"),
	[KEY_FILES] = KEY(0, "file", "SRC:DST[:MODE[:UID:GID]]",
		"one file to put there; may be given again"),
	[KEY_OWNER] = KEY(0, "owner", "root",
		"everything in --root belongs to root"),
	[KEY_FS] = KEY(0, "fs", "ext2|ext3|ext4|fat32",
		"root file system (ext4)"),
	[KEY_KERNEL] = KEY(0, "kernel", "FILE",
		"put into /boot"),
	[KEY_INITRD] = KEY(0, "initrd", "FILE",
		"put into /boot"),
	[KEY_APPEND] = KEY(0, "append", "STR",
		"the kernel's command line"),
	[KEY_MENU] = KEY(0, "menu", "FILE",
		"becomes /boot/grub/menu.lst as it is; else one is "
		"written for --kernel"),
	[KEY_SETTINGS] = KEY(0, "settings", "FILE",
		"a twinboot.conf that wins over the root's, put into "
		"the boot area and onto the ESP"),
	[KEY_BOOT] = { "boot", 0, "LIST",
		"of bios,uefi,pv (all that the table can carry)",
		OPTIONS_CALL, 0, take_key, boot_name },
	[KEY_ESP_SIZE] = KEY(0, "esp-size", "S",
		"of the EFI system partition (64M)"),
	[KEY_ESP_FILE] = KEY(0, "esp-file", "SRC:DST",
		"one more file there; may be given again"),
	[KEY_SWAP] = KEY(0, "swap", "S",
		"a partition for swap"),
	[KEY_DATA] = KEY(0, "data", "[DIR]:FS[:SIZE[:LABEL]]",
		"one more partition, FS may be empty; may be given "
		"again"),
	[KEY_PARTITION] = KEY(0, "partition", "N:KEY=VALUE[:KEY=VALUE...]",
		"partition N's name, type, uuid, flags, fs-uuid; may be given "
		"again"),
	[KEY_DISK_UUID] = KEY(0, "disk-uuid", "UUID",
		"of the disk, with --table mbr 8 digits (from the inputs)"),
	[KEY_DISCOVERABLE] = KEY(0, "discoverable", NULL,
		"the root partition's type is that of an x86-64 root"),
	[KEY_PMBR_ACTIVE] = KEY(0, "pmbr-active", NULL,
		"GPT's protective entry is active, as some BIOSes want"),
	[KEY_KERNEL_HOOKS] = KEY(0, "kernel-hooks", NULL,
		"what keeps menu.lst right when kernels are installed or "
		"removed"),
	[KEY_INODE_SIZE] = KEY(0, "inode-size", "128|256",
		"bytes an inode; 128 for loaders as old as GRUB 0.97 (256)"),
	[KEY_HV] = KEY(0, "hv", NULL,
		"the hypervisor, also when no entry needs it now"),
	[KEY_UUID] = KEY(0, "uuid", "UUID",
		"of the root file system (from the inputs)"),
	[KEY_LABEL] = KEY(0, "label", "NAME",
		"of the root file system"),
	[KEY_BOOT_DIR] = KEY(0, "boot-dir", "DIR",
		"where mbr.bin, stage2.bin and twinboot.efi are"),
	[KEY_FORMAT] = KEY('O', "format", FORMAT_NAMES,
		"of the image (raw)"),
	[KEY_COMPRESS] = KEY(0, "compress", NULL,
		"what a qcow2 or vmdk holds"),
	[KEYS] = { "json", 0, NULL, "say on stdout what was made",
		OPTIONS_FLAG, offsetof(struct build_options, json), NULL },
	[KEYS + 1] = { "progress", 0, "auto|json|no",
		"lines of JSON on stderr, or nothing (on a terminal only)",
		OPTIONS_CALL, 0, take_progress },
};

/* TEXT where nothing is said. */
const enum build_kind build_kinds[KEYS] = {
	[KEY_MINIMIZE] = FLAG,
	[KEY_ROOT] = PATHS,
	[KEY_EXCLUDE] = TEXTS,
	[KEY_FILES] = PATHS,
	[KEY_KERNEL] = PATH,
	[KEY_INITRD] = PATH,
	[KEY_MENU] = PATH,
	[KEY_ESP_FILE] = PATHS,
	[KEY_DATA] = PATHS,
	[KEY_PARTITION] = LIST,
	[KEY_DISCOVERABLE] = FLAG,
	[KEY_PMBR_ACTIVE] = FLAG,
	[KEY_BOOT_DIR] = PATH,
	[KEY_OUTPUT] = PATH,
	[KEY_COMPRESS] = FLAG,
	[KEY_KERNEL_HOOKS] = FLAG,
	[KEY_HV] = FLAG,
	[KEY_BMAP] = PATH,
	[KEY_MANIFEST] = PATH,
	[KEY_SBOM] = PATH,
	[KEY_SETTINGS] = PATH,
};

static const struct options_example build_examples[] = {
	{ "A disk from an archive of a root file system that has its kernel:",
	  "twinboot build --root rootfs.tar -o disk.img" },
	{ "The kernel beside it:",
	  "twinboot build --root rootfs.tar --kernel vmlinuz --initrd "
	  "initrd.img --label disk --append \"root=LABEL=disk ro "
	  "console=ttyS0\" -o disk.img" },
	{ "A container image as qcow2, with a bill of materials:",
	  "twinboot build --root oci-layout -O qcow2 --sbom sbom.json -o "
	  "disk.qcow2" },
	{ NULL, NULL },
};

static const struct options_example verify_examples[] = {
	{ "Whether an image is what its inputs make:",
	  "twinboot verify disk.img --root rootfs.tar" },
	{ NULL, NULL },
};

const struct options build_options_table = {
	.usage = "[RECIPE] [OPTION...] -o IMAGE",
	.about = "Make a bootable disk image.  RECIPE is a file of lines "
		 "KEY = \"VALUE\" with the\nnames of the options as keys; "
		 "options given here win over it.",
	.row = build_keys, .n = KEYS + 2, .operand = "RECIPE", .max = 1,
	.example = build_examples,
};

const struct options build_options_verify = {
	.usage = "IMAGE [RECIPE] [OPTION...]",
	.about = "Build the image again, by RECIPE and the options of "
		 "`twinboot build', and tell\nthe first byte that is another.  "
		 "Ends with 0 when there is none.\nIMAGE is - for standard "
		 "input.",
	.row = build_keys + KEY_TABLE, .n = KEYS + 2 - KEY_TABLE,
	.operand = "IMAGE", .min = 1, .max = 2, .example = verify_examples,
};

void build_options_add(struct build_options *o, int key, const char *value)
{
	size_t n = 0;

	while (o->list[key] && o->list[key][n])
		n++;
	o->list[key] = realloc(o->list[key], (n + 2) * sizeof(*o->list[key]));
	if (!o->list[key])
		abort();
	o->list[key][n] = o->value[key] = strdup(value);
	o->list[key][n + 1] = NULL;
}

void build_options_free(struct build_options *o)
{
	for (int i = 0; i < KEYS; i++) {
		for (const char **v = o->list[i]; v && *v; v++)
			free((char *)(uintptr_t)*v);
		free(o->list[i]);
	}
}

int build_options_parse(struct build_options *o, const struct options *table,
			int argc, char **argv)
{
	struct options_rest rest;
	int err = options_parse(table, o, argc, argv, &rest);
	const char *recipe;

	if (err)
		return err;
	/* An image that has to be there comes first, and is the output. */
	recipe = rest.n > table->min ? rest.operand[table->min] : NULL;
	if (table->min)
		build_options_add(o, KEY_OUTPUT, rest.operand[0]);
	return recipe ? build_options_recipe(o, recipe) : 0;
}
