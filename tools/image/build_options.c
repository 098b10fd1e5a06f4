/*
 * The table, and the command line.  An option that may be given again makes a
 * list; another one's last value counts.
 */
#include "tools/image/build_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/image/formats.h"
#include "tools/report.h"

const struct build_key build_keys[KEYS] = {
	[KEY_TABLE] = { "table", TEXT, "gpt|mbr|none",
		"partition table (gpt)" },
	[KEY_SIZE] = { "size", TEXT, "S",
		"of the image, as 640M or 2G (what it needs)" },
	[KEY_MINIMIZE] = { "minimize", FLAG, "",
		"no larger than needed, no room to live" },
	[KEY_SECTOR] = { "sector", TEXT, "512|4096",
		"bytes a sector (512)" },
	[KEY_ROOT] = { "root", PATHS, "DIR|TAR|OCI|-",
		"what to put into the root file system; may be given again" },
	[KEY_FILES] = { "file", PATHS, "SRC:DST[:MODE[:UID:GID]]",
		"one file to put there; may be given again" },
	[KEY_OWNER] = { "owner", TEXT, "root",
		"everything in --root belongs to root" },
	[KEY_FS] = { "fs", TEXT, "ext2|ext3|ext4|fat32",
		"root file system (ext4)" },
	[KEY_KERNEL] = { "kernel", PATH, "FILE",
		"put into /boot" },
	[KEY_INITRD] = { "initrd", PATH, "FILE",
		"put into /boot" },
	[KEY_APPEND] = { "append", TEXT, "STR",
		"the kernel's command line" },
	[KEY_MENU] = { "menu", PATH, "FILE",
		"becomes /boot/grub/menu.lst as it is; else one is written "
		"for --kernel" },
	[KEY_BOOT] = { "boot", TEXT, "LIST",
		"of bios,uefi,pv (all that the table can carry)" },
	[KEY_ESP_SIZE] = { "esp-size", TEXT, "S",
		"of the EFI system partition (64M)" },
	[KEY_ESP_FILE] = { "esp-file", PATHS, "SRC:DST",
		"one more file there; may be given again" },
	[KEY_SWAP] = { "swap", TEXT, "S", "a partition for swap" },
	[KEY_DATA] = { "data", PATHS, "[DIR]:FS:SIZE[:LABEL]",
		"one more partition, FS may be empty; may be given again" },
	[KEY_DISCOVERABLE] = { "discoverable", FLAG, "",
		"the root partition's type is that of an x86-64 root" },
	[KEY_PMBR_ACTIVE] = { "pmbr-active", FLAG, "",
		"GPT's protective entry is active, as some BIOSes want" },
	[KEY_UUID] = { "uuid", TEXT, "UUID",
		"of the root file system (from the inputs)" },
	[KEY_LABEL] = { "label", TEXT, "NAME",
		"of the root file system" },
	[KEY_BOOT_DIR] = { "boot-dir", PATH, "DIR",
		"where mbr.bin, stage2.bin and twinboot.efi are" },
	[KEY_OUTPUT] = { "output", PATH, "IMAGE",
		"the image (also -o); .gz, .zst and .xz pack it; - is standard "
		"output" },
	[KEY_FORMAT] = { "format", TEXT, FORMAT_NAMES,
		"of the image (also -O; raw)" },
	[KEY_COMPRESS] = { "compress", FLAG, "",
		"what a qcow2 or vmdk holds" },
	[KEY_BMAP] = { "bmap", PATH, "FILE",
		"which blocks are used, for bmaptool" },
	[KEY_MANIFEST] = { "manifest", PATH, "FILE",
		"partitions, UUIDs and hashes, as JSON" },
	[KEY_SBOM] = { "sbom", PATH, "FILE",
		"packages and files, as SPDX 2.3 JSON" },
};

static void usage(void)
{
	puts("usage: twinboot build [RECIPE] [OPTION...] -o IMAGE\n\n"
	     "Make a bootable disk image.  RECIPE is a file of lines KEY = "
	     "\"VALUE\" with the\nnames of the options as keys; options given "
	     "here win over it.\n");
	for (int i = 0; i < KEYS; i++)
		printf("  --%-10s %-20s %s\n", build_keys[i].name,
		       build_keys[i].arg, build_keys[i].what);
	puts("  --json                            say on stdout what was made");
}

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

int build_options_parse(struct build_options *o, int argc, char **argv)
{
	struct option options[KEYS + 3] = { 0 };
	int c;

	for (int i = 0; i < KEYS; i++)
		options[i] = (struct option){
			build_keys[i].name, build_keys[i].kind == FLAG ?
			no_argument : required_argument, NULL, 256 + i };
	options[KEYS] = (struct option){ "help", no_argument, NULL, 'h' };
	options[KEYS + 1] = (struct option){ "json", no_argument, NULL, 'j' };
	while ((c = getopt_long(argc, argv, "o:O:h", options, NULL)) != -1) {
		if (c == 'h')
			return usage(), 1;
		if (c == '?')
			return -1;
		if (c == 'j')
			o->json = true;
		else
			build_options_add(o, c == 'o' ? KEY_OUTPUT :
					  c == 'O' ? KEY_FORMAT : c - 256,
			    optarg ? optarg : "yes");
	}
	if (argc - optind > 1)
		return report_error("more than one recipe: %s",
				    argv[optind + 1]);
	return optind < argc ? build_options_recipe(o, argv[optind]) : 0;
}
