/*
 * What options mean: each is checked before anything is made.
 */
#include "tools/image/recipe/recipe.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/number.h"
#include "tools/host/boot/hostboot.h"
#include "tools/image/recipe/build_options.h"
#include "tools/image/recipe/part_data.h"
#include "tools/image/recipe/part_option.h"
#include "tools/image/recipe/uuid.h"
#include "tools/report.h"

const char *recipe_boot_name(unsigned bit)
{
	return hostboot_paths[__builtin_ctz(bit)].name;
}

/* The place of VALUE in NAMES (NULL at the end), or -1 reported. */
static int choose(int key, const char *value, const char *const *names)
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(names[i], value))
			return i;
	return report_error("--%s %s: not one of %s", build_keys[key].name,
			    value, build_keys[key].arg);
}

static int parse_boot(struct recipe *r, const char *list)
{
	char copy[64], *save, *word;

	r->boot_asked = true;
	r->boot = 0;
	snprintf(copy, sizeof(copy), "%s", list);
	for (word = strtok_r(copy, ",", &save); word;
	     word = strtok_r(NULL, ",", &save)) {
		unsigned bit = 0;

		for (unsigned i = 0; i < PATH_COUNT; i++)
			if (!strcmp(hostboot_paths[i].name, word))
				bit = 1u << i;
		if (!bit)
			return report_error("--boot %s: not one of bios, uefi, "
					    "pv", word);
		r->boot |= bit;
	}
	return 0;
}

static int parse_choices(struct recipe *r, const struct build_options *o)
{
	static const char *const tables[] = { "none", "mbr", "gpt", NULL };
	static const char *const systems[] = { "ext2", "ext3", "ext4", "fat32",
					       NULL };
	int table = PART_GPT, fs = FS_EXT4;

	if (o->value[KEY_TABLE])
		table = choose(KEY_TABLE, o->value[KEY_TABLE], tables);
	if (o->value[KEY_FS])
		fs = choose(KEY_FS, o->value[KEY_FS], systems);
	if (table < 0 || fs < 0)
		return -1;
	r->table = (enum part_table)table;
	r->fs = (enum recipe_fs)fs;
	r->sector = 512;
	if (o->value[KEY_SECTOR] && !strcmp(o->value[KEY_SECTOR], "4096"))
		r->sector = 4096;
	else if (o->value[KEY_SECTOR] && strcmp(o->value[KEY_SECTOR], "512"))
		return report_error("--sector %s: not one of 512|4096",
				    o->value[KEY_SECTOR]);
	r->inode_size = 256;
	if (o->value[KEY_INODE_SIZE] && !strcmp(o->value[KEY_INODE_SIZE],
						"128"))
		r->inode_size = 128;
	else if (o->value[KEY_INODE_SIZE] &&
		 strcmp(o->value[KEY_INODE_SIZE], "256"))
		return report_error("--inode-size %s: not one of 128|256",
				    o->value[KEY_INODE_SIZE]);
	r->boot = BOOT_PV | BOOT_BIOS | (table == PART_GPT ? BOOT_UEFI : 0);
	return o->value[KEY_BOOT] ? parse_boot(r, o->value[KEY_BOOT]) : 0;
}

static int parse_size(struct recipe *r, const char *text)
{
	if (text && (number_size(text, NULL, &r->size) || !r->size ||
		     r->size > INT64_MAX))
		return report_error("--size %s: not a size", text);
	if (r->size % r->sector)
		return report_error("--size %s: not a multiple of the sector, "
				    "%u bytes", text, r->sector);
	return 0;
}

static int parse_flag(int key, const struct build_options *o, bool *out)
{
	const char *s = o->value[key];

	*out = s && !strcmp(s, "yes");
	if (s && !*out && strcmp(s, "no"))
		return report_error("%s = %s: yes or no", build_keys[key].name,
				    s);
	return 0;
}

/* One file cannot be two of them. */
static int check_names(const struct recipe *r)
{
	const char *name[] = { r->output, r->bmap, r->manifest, r->sbom };

	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < i; k++)
			if (name[i] && name[k] && !strcmp(name[i], name[k]))
				return report_error("%s: two files are to be "
						    "written there", name[i]);
	return 0;
}

static int parse_output(struct recipe *r, const struct build_options *o)
{
	const char *name = o->value[KEY_FORMAT];
	int f = name ? format_name_find(name) : FORMAT_RAW;

	if (f < 0)
		return report_error("--format %s: not one of " FORMAT_NAMES,
				    name);
	r->format = (enum image_format)f;
	if (parse_flag(KEY_COMPRESS, o, &r->compress))
		return -1;
	if (r->compress && f != FORMAT_QCOW2 && f != FORMAT_VMDK)
		return report_error("--compress is for qcow2 and vmdk; a name "
				    "that ends in .gz, .zst or .xz packs the "
				    "whole");
	r->bmap = o->value[KEY_BMAP];
	r->manifest = o->value[KEY_MANIFEST];
	r->sbom = o->value[KEY_SBOM];
	return check_names(r);
}

static int parse_disk_uuid(struct recipe *r, const char *text)
{
	bool mbr = r->table == PART_MBR;

	r->disk_uuid = text;
	if (text && r->table == PART_NONE)
		return report_error("--disk-uuid %s: it needs a partition "
				    "table", text);
	if (text && (mbr ? strlen(text) != 8 || !strcmp(text, "00000000") ||
		     strspn(text, "0123456789abcdefABCDEF") != 8 :
		     !uuid_is(text)))
		return report_error("--disk-uuid %s: not %s", text, mbr ?
				    "8 digits in hexadecimal" : "a UUID");
	return 0;
}

static int parse_parts(struct recipe *r, const struct build_options *o)
{
	const char *size = o->value[KEY_ESP_SIZE];

	r->esp_size = 64 << 20;
	r->esp_file = o->list[KEY_ESP_FILE];
	if (size && (number_size(size, NULL, &r->esp_size) ||
		     r->esp_size < 36 << 20 || r->esp_size >> 41 ||
		     r->esp_size % 4096))
		return report_error("--esp-size %s: not a size from 36M on",
				    size);
	if (parse_flag(KEY_DISCOVERABLE, o, &r->discoverable) ||
	    parse_flag(KEY_PMBR_ACTIVE, o, &r->pmbr_active))
		return -1;
	if ((r->discoverable || r->pmbr_active) && r->table != PART_GPT)
		return report_error("--discoverable and --pmbr-active are for "
				    "--table gpt");
	if ((size || r->esp_file) && !(r->boot & BOOT_UEFI))
		return report_error("--esp-size and --esp-file: there is no "
				    "ESP");
	if (part_data_parse(r, o->list[KEY_DATA], o->value[KEY_SWAP]) ||
	    parse_disk_uuid(r, o->value[KEY_DISK_UUID]))
		return -1;
	return part_option_parse(r, o->list[KEY_PARTITION]);
}

static int understand(struct recipe *r, const struct build_options *o)
{
	const char *why;

	r->root = o->list[KEY_ROOT];
	r->exclude = o->list[KEY_EXCLUDE];
	r->file = o->list[KEY_FILES];
	r->kernel = o->value[KEY_KERNEL];
	r->initrd = o->value[KEY_INITRD];
	r->append = o->value[KEY_APPEND];
	r->menu = o->value[KEY_MENU];
	r->settings = o->value[KEY_SETTINGS];
	r->uuid = o->value[KEY_UUID];
	r->label = o->value[KEY_LABEL];
	r->boot_dir = o->value[KEY_BOOT_DIR];
	r->output = o->value[KEY_OUTPUT];
	if (parse_choices(r, o))
		return -1;
	if (!r->output)
		return report_error("no output file: give -o IMAGE");
	if (parse_size(r, o->value[KEY_SIZE]) ||
	    parse_flag(KEY_MINIMIZE, o, &r->minimize) ||
	    parse_flag(KEY_KERNEL_HOOKS, o, &r->kernel_hooks) ||
	    parse_flag(KEY_HV, o, &r->hv))
		return -1;
	if (o->value[KEY_OWNER] && strcmp(o->value[KEY_OWNER], "root"))
		return report_error("--owner %s: only root can be said",
				    o->value[KEY_OWNER]);
	r->owner_root = o->value[KEY_OWNER];
	if (parse_output(r, o) || parse_parts(r, o))
		return -1;
	if (r->minimize && r->size)
		return report_error("--size and --minimize: one of them");
	if (r->uuid && !uuid_is(r->uuid))
		return report_error("--uuid %s: not a UUID", r->uuid);
	why = r->label ? part_option_bad_label(r->label, r->fs) : NULL;
	if (why)
		return report_error("--label %s: %s", r->label, why);
	if (r->append && (r->menu || (!r->kernel && !r->root)))
		return report_error("--append is for the menu.lst that is "
				    "written for a kernel without --menu");
	if (r->append && strpbrk(r->append, "\r\n"))
		return report_error("--append: more than one line");
	if (r->initrd && !r->kernel && !r->menu)
		return report_error("--initrd without --kernel or --menu");
	return 0;
}

int recipe_parse(struct recipe *r, const struct options *table, int argc,
		 char **argv)
{
	struct build_options *o = calloc(1, sizeof(*o));
	int err;

	if (!o)
		abort();
	err = build_options_parse(o, table, argc, argv);
	*r = (struct recipe){ .json = o->json, .options = o };
	return err ? err : understand(r, o);
}

void recipe_free(struct recipe *r)
{
	part_data_free(r);
	part_option_free(r);
	build_options_free(r->options);
	free(r->options);
	r->options = NULL;
}
