/*
 * Options and recipes.  Both fill the same table of strings; one function then
 * gives them their meaning, so that a key means the same in both.  File names
 * in a recipe are relative to the recipe.
 */
#include "tools/image/recipe.h"

#include <confuse.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report.h"

enum { TABLE, SIZE, SECTOR, ROOT, FS, KERNEL, INITRD, APPEND, MENU, BOOT, UUID,
       LABEL, BOOT_DIR, OUTPUT, KEYS };

static const struct {
	const char *name;
	bool is_path;
	const char *arg, *what;
} keys[KEYS] = {
	[TABLE] = { "table", false, "gpt|mbr|none",
		"partition table (gpt)" },
	[SIZE] = { "size", false, "S",
		"of the image, as 640M or 2G (what it needs)" },
	[SECTOR] = { "sector", false, "512|4096",
		"bytes a sector (512)" },
	[ROOT] = { "root", true, "DIR|TAR",
		"what to put into the root file system" },
	[FS] = { "fs", false, "ext2|ext3|ext4|fat32",
		"root file system (ext4)" },
	[KERNEL] = { "kernel", true, "FILE",
		"put into /boot" },
	[INITRD] = { "initrd", true, "FILE",
		"put into /boot" },
	[APPEND] = { "append", false, "STR",
		"the kernel's command line" },
	[MENU] = { "menu", true, "FILE",
		"becomes /boot/grub/menu.lst as it is; else one is written for --kernel" },
	[BOOT] = { "boot", false, "LIST",
		"of bios,uefi,pv (all that the table can carry)" },
	[UUID] = { "uuid", false, "UUID",
		"of the root file system (from the inputs)" },
	[LABEL] = { "label", false, "NAME",
		"of the root file system" },
	[BOOT_DIR] = { "boot-dir", true, "DIR",
		"where mbr.bin, stage2.bin and twinboot.efi are" },
	[OUTPUT] = { "output", true, "IMAGE",
		"the image (also -o)" },
};

static const struct {
	const char *name;
	unsigned bit;
} boots[] = { { "bios", BOOT_BIOS }, { "uefi", BOOT_UEFI }, { "pv", BOOT_PV } };

const char *recipe_boot_name(unsigned bit)
{
	for (size_t i = 0; i < sizeof(boots) / sizeof(boots[0]); i++)
		if (boots[i].bit == bit)
			return boots[i].name;
	return "?";
}

static void usage(void)
{
	puts("usage: twinboot build [RECIPE] [OPTION...] -o IMAGE\n\n"
	     "Make a bootable disk image.  RECIPE is a file of lines KEY = "
	     "\"VALUE\" with the\nnames of the options as keys; options given "
	     "here win over it.\n");
	for (int i = 0; i < KEYS; i++)
		printf("  --%-8s %-20s %s\n", keys[i].name, keys[i].arg,
		       keys[i].what);
	puts("  --json                          say on stdout what was made");
}

int recipe_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	unsigned shift = 0;
	const char *u;
	char *end;

	errno = 0;
	*bytes = strtoull(text, &end, 10);
	if (end == text || errno || text[0] == '-')
		return -1;
	if (*end) {
		u = strchr(units, *end & ~0x20);
		if (!u || end[1])
			return -1;
		shift = 10 * (unsigned)(u - units + 1);
	}
	if (shift && *bytes >> (64 - shift))
		return -1;
	*bytes <<= shift;
	return 0;
}

/* FILE as seen from the directory of RECIPE. */
static const char *beside(const char *recipe, const char *file)
{
	const char *slash = strrchr(recipe, '/');
	char *path;

	if (file[0] == '/' || !slash)
		return file;
	if (asprintf(&path, "%.*s/%s", (int)(slash - recipe), recipe, file) < 0)
		abort();
	return path;
}

static void confuse_error(cfg_t *cfg, const char *format, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof(text), format, ap);
	report_error("%s:%d: %s", cfg->filename, cfg->line, text);
}

/* Fill what the command line left open.  VALUE's strings live for ever. */
static int read_recipe(const char *path, const char *value[KEYS])
{
	cfg_opt_t opts[KEYS + 1] = { 0 };
	cfg_t *cfg;
	int err;

	for (int i = 0; i < KEYS; i++)
		opts[i] = (cfg_opt_t)CFG_STR(keys[i].name, NULL, CFGF_NONE);
	opts[KEYS] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(opts, CFGF_NONE);
	if (!cfg)
		return report_errno("%s", path);
	cfg_set_error_function(cfg, confuse_error);
	err = cfg_parse(cfg, path);
	if (err == CFG_FILE_ERROR)
		return report_errno("%s", path);
	if (err != CFG_SUCCESS)
		return -1;
	for (int i = 0; i < KEYS; i++) {
		const char *s = cfg_getstr(cfg, keys[i].name);

		if (s && !value[i])
			value[i] = keys[i].is_path ? beside(path, strdup(s)) :
				   strdup(s);
	}
	cfg_free(cfg);
	return 0;
}

/* The place of VALUE in NAMES (NULL at the end), or -1 reported. */
static int choose(int key, const char *value, const char *const *names)
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(names[i], value))
			return i;
	return report_error("--%s %s: not one of %s", keys[key].name, value,
			    keys[key].arg);
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

		for (size_t i = 0; i < sizeof(boots) / sizeof(boots[0]); i++)
			if (!strcmp(boots[i].name, word))
				bit = boots[i].bit;
		if (!bit)
			return report_error("--boot %s: not one of bios, uefi, "
					    "pv", word);
		r->boot |= bit;
	}
	return 0;
}

static bool is_uuid(const char *s)
{
	size_t i;

	for (i = 0; s[i]; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : !strchr("0123456789abcdefABCDEF", s[i]))
			return false;
	}
	return i == 36;
}

static int parse_choices(struct recipe *r, const char *const value[KEYS])
{
	static const char *const tables[] = { "none", "mbr", "gpt", NULL };
	static const char *const systems[] = { "ext2", "ext3", "ext4", "fat32",
					       NULL };
	int table = PART_GPT, fs = FS_EXT4;

	if (value[TABLE])
		table = choose(TABLE, value[TABLE], tables);
	if (value[FS])
		fs = choose(FS, value[FS], systems);
	if (table < 0 || fs < 0)
		return -1;
	r->table = (enum part_table)table;
	r->fs = (enum recipe_fs)fs;
	r->sector = 512;
	if (value[SECTOR] && !strcmp(value[SECTOR], "4096"))
		r->sector = 4096;
	else if (value[SECTOR] && strcmp(value[SECTOR], "512"))
		return report_error("--sector %s: not one of 512|4096",
				    value[SECTOR]);
	r->boot = BOOT_PV | BOOT_BIOS | (table == PART_GPT ? BOOT_UEFI : 0);
	return value[BOOT] ? parse_boot(r, value[BOOT]) : 0;
}

static int understand(struct recipe *r, const char *const value[KEYS])
{
	size_t label_max;

	r->root = value[ROOT];
	r->kernel = value[KERNEL];
	r->initrd = value[INITRD];
	r->append = value[APPEND];
	r->menu = value[MENU];
	r->uuid = value[UUID];
	r->label = value[LABEL];
	r->boot_dir = value[BOOT_DIR];
	r->output = value[OUTPUT];
	if (parse_choices(r, value))
		return -1;
	/* s_volume_name; BS_VolLab */
	label_max = r->fs == FS_FAT32 ? 11 : 16;
	if (!r->output)
		return report_error("no output file: give -o IMAGE");
	if (value[SIZE] && (recipe_size(value[SIZE], &r->size) || !r->size ||
			    r->size > INT64_MAX))
		return report_error("--size %s: not a size", value[SIZE]);
	if (r->size % r->sector)
		return report_error("--size %s: not a multiple of the sector, "
				    "%u bytes", value[SIZE], r->sector);
	if (r->uuid && !is_uuid(r->uuid))
		return report_error("--uuid %s: not a UUID", r->uuid);
	if (r->label && strlen(r->label) > label_max)
		return report_error("--label %s: longer than %zu bytes",
				    r->label, label_max);
	if (r->append && (r->menu || !r->kernel))
		return report_error("--append is for the menu.lst that is "
				    "written for --kernel without --menu");
	if (r->append && strpbrk(r->append, "\r\n"))
		return report_error("--append: more than one line");
	if (r->initrd && !r->kernel && !r->menu)
		return report_error("--initrd without --kernel or --menu");
	return 0;
}

int recipe_parse(struct recipe *r, int argc, char **argv)
{
	struct option options[KEYS + 3] = { 0 };
	const char *value[KEYS] = { 0 };
	int c;

	for (int i = 0; i < KEYS; i++)
		options[i] = (struct option){ keys[i].name, required_argument,
					      NULL, 256 + i };
	options[KEYS] = (struct option){ "help", no_argument, NULL, 'h' };
	options[KEYS + 1] = (struct option){ "json", no_argument, NULL, 'j' };
	*r = (struct recipe){ 0 };
	while ((c = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		if (c == 'h')
			return usage(), 1;
		if (c == '?')
			return -1;
		if (c == 'j')
			r->json = true;
		else
			value[c == 'o' ? OUTPUT : c - 256] = optarg;
	}
	if (argc - optind > 1)
		return report_error("more than one recipe: %s",
				    argv[optind + 1]);
	if (optind < argc && read_recipe(argv[optind], value))
		return -1;
	return understand(r, value);
}
