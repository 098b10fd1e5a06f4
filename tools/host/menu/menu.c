/*
 * twinboot menu: what a loader reads in a menu.lst, as JSON or in words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "menu/config/config.h"
#include "menu/config/lst.h"
#include "tools/commands.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/disk/image.h"
#include "tools/host/menu/menu.h"
#include "tools/report.h"

struct menu_given {
	const char *dialect;
	bool json, image;
};

/* All of it, and room for one byte more; NULL with an error reported. */
static char *read_file(const char *name, size_t *len)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "rb") : stdin;
	char *text = malloc(CONFIG_MAX + 2);
	int err = 0;

	*len = f && text ? fread(text, 1, CONFIG_MAX + 1, f) : 0;
	if (!f || !text || ferror(f))
		err = report_errno("%s", name);
	else if (*len > CONFIG_MAX)
		err = report_error("%s: more than %u bytes, which no loader "
				   "reads", name, CONFIG_MAX);
	if (f && f != stdin)
		fclose(f);
	if (!err)
		return text;
	free(text);
	return NULL;
}

static int show(const char *name, char *text, size_t len,
		enum lst_dialect dialect, bool json)
{
	struct arena arena = { .size = 64 * (len + 1) + 4096 };
	struct lst lst;
	int err;

	arena.base = malloc(arena.size);
	if (!arena.base) {
		report_errno("%s", name);
		return 1;
	}
	err = lst_parse(&lst, text, len, dialect, &arena);
	if (err)
		report_error("%s: %s", name, err_text());
	else if (json)
		err = menu_json(&lst, stdout);
	else
		menu_explain(&lst, dialect, stdout);
	free(arena.base);
	return err ? 1 : 0;
}

static int read_image(struct config *c, int fd, struct arena *arena)
{
	struct hostdisk disk;
	int err = hostdisk_attach(&disk, "hd0", fd, hostdisk_sector(fd));

	return err ? err : hostboot_config(c, &disk.blk, arena);
}

static int show_image(const char *name, bool json)
{
	static struct config c;
	struct arena arena;
	struct image img;
	int err;

	if (image_open(&img, name, false))
		return 1;
	if (hostboot_arena_open(&arena)) {
		image_close(&img);
		report_error("%s: %s", name, err_text());
		return 1;
	}
	err = read_image(&c, img.fd, &arena);
	if (err)
		report_error("%s: %s", name, err_text());
	else if (json)
		err = menu_json(&c.lst, stdout);
	else
		menu_explain(&c.lst, LST_GNU097, stdout);
	hostboot_arena_close(&arena);
	image_close(&img);
	return err ? 1 : 0;
}

static const char *dialect_word(unsigned i)
{
	return i ? i == 1 ? "pvgrub" : NULL : "gnu097";
}

static const struct options_example examples[] = {
	{ "What this menu does, and what in it is not what it looks like:",
	  "twinboot menu /boot/grub/menu.lst" },
	{ "That of an image:",
	  "twinboot cat disk.img:/boot/grub/menu.lst | twinboot menu -" },
	{ "With the entries that its settings add (Boot Loader Specification):",
	  "twinboot menu --image disk.img" },
	{ NULL, NULL },
};

static const struct options_row rows[] = {
	{ "json", 0, NULL, "the same as one JSON object", OPTIONS_FLAG,
	  offsetof(struct menu_given, json) },
	{ "image", 0, NULL, "FILE is a disk image: the menu.lst that it "
	  "starts by, with the entries that its settings add", OPTIONS_FLAG,
	  offsetof(struct menu_given, image) },
	{ "dialect", 0, "D", "gnu097 (GRUB 0.97, the default) or pvgrub",
	  OPTIONS_TEXT, offsetof(struct menu_given, dialect), NULL,
	  dialect_word },
};

static const struct options options = {
	.usage = "FILE [OPTION...]",
	.about = "Read FILE (\"-\": standard input) as GRUB 0.97 or PV-GRUB "
		 "reads its menu.lst:\ntell what would be started, and what in "
		 "it is not what it looks like.",
	.row = rows, .n = sizeof(rows) / sizeof(rows[0]),
	.operand = "FILE", .min = 1, .max = 1, .example = examples,
};

static int menu_run(int argc, char **argv)
{
	struct menu_given o = { .dialect = "gnu097" };
	struct options_rest rest;
	int err = options_parse(&options, &o, argc, argv, &rest), status;
	bool gnu;
	size_t len;
	char *text;

	if (err)
		return err > 0 ? 0 : 2;
	gnu = !strcmp(o.dialect, "gnu097");
	if (!gnu && strcmp(o.dialect, "pvgrub")) {
		report_error("--dialect %s: not one of gnu097, pvgrub",
			     o.dialect);
		return 2;
	}
	if (o.image && !gnu) {
		report_error("--image: our loaders read as gnu097");
		return 2;
	}
	if (o.image)
		return show_image(rest.operand[0], o.json);
	text = read_file(rest.operand[0], &len);
	if (!text)
		return 1;
	status = show(rest.operand[0], text, len, gnu ? LST_GNU097 :
		      LST_PVGRUB, o.json);
	free(text);
	return status;
}

const struct command menu_command = {
	"menu", "read a menu.lst as the loader does; explain it", &options,
	menu_run,
};
