/*
 * twinboot env: the environment block of an image.  The image is changed in
 * place, as its own boots do, so it has to be raw.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "tools/commands.h"
#include "tools/host/envdisk.h"
#include "tools/host/image.h"
#include "tools/report.h"
#include "tools/text.h"

static const struct options_example examples[] = {
	{ "Start entry 2 at the next boot, then the default again (menu.lst "
	  "has `default saved'):", "twinboot env disk.img set once=2" },
	{ "All that is kept:", "twinboot env disk.img get" },
	{ NULL, NULL },
};

static const struct options options = {
	.usage = "IMAGE get [NAME] | IMAGE set NAME=VALUE...",
	.about = "Show or change what an image keeps from boot to boot: "
		 "NAME=VALUE lines, in the\nboot area, or in the files "
		 "\\EFI\\twinboot\\env or twinboot.env of 8,192 bytes.  `set\n"
		 "NAME=' removes one; the first `set' makes the block.  The "
		 "loader knows once=N.",
	.operand = "IMAGE", .min = 2, .max = 32, .example = examples,
};

static int get(struct envdisk *e, const char *image, const char *name)
{
	char value[ENV_VALUE];

	if (!name) {
		text_put_lines(e->s.env.text, stdout);
		return 0;
	}
	if (!env_get(&e->s.env, name, value))
		return report_error("%s: nothing called %s is kept", image,
				    name);
	text_put(value, stdout);
	putchar('\n');
	return 0;
}

static int set(struct envdisk *e, char **text, unsigned n)
{
	int err = 0;

	for (unsigned i = 0; i < n && !err; i++)
		err = envdisk_set(e, text[i]);
	return err ? err : envstore_save(&e->s);
}

/* The image's file for writing: only that of a raw one has its sectors. */
static int open_raw(const struct image *img)
{
	int fd = img->is_copy ? -1 : open(img->path, O_RDWR | O_CLOEXEC);

	if (img->is_copy)
		report_error("%s: only raw images can be changed in place",
			     img->path);
	else if (fd < 0)
		report_errno("%s", img->path);
	return fd;
}

static int work(const struct options_rest *r, const struct image *img)
{
	bool change = !strcmp(r->operand[1], "set");
	int fd = change ? open_raw(img) : img->fd, err;
	static struct envdisk e;

	if (fd < 0)
		return -1;
	err = envdisk_open(&e, fd, img->path, change ? ENVDISK_MAKE :
			   ENVDISK_READ);
	if (!err && change)
		err = set(&e, r->operand + 2, r->n - 2);
	if (err)
		report_error("%s: %s", img->path, err_text());
	else if (!change)
		err = get(&e, img->path, r->n > 2 ? r->operand[2] : NULL);
	envdisk_close(&e);
	if (change)
		close(fd);
	return err;
}

static int check_settings(const struct options_rest *rest)
{
	for (unsigned i = 2; i < rest->n; i++) {
		const char *s = rest->operand[i];

		if (*s == '=' || !strchr(s, '='))
			return report_error("%s: not NAME=VALUE", s);
	}
	return 0;
}

static int env_run(int argc, char **argv)
{
	struct options_rest rest;
	int err = options_parse(&options, NULL, argc, argv, &rest);
	struct image img;

	if (err)
		return err > 0 ? 0 : 2;
	if (strcmp(rest.operand[1], "set") ? strcmp(rest.operand[1], "get") ||
	    rest.n > 3 : rest.n < 3) {
		report_error("%s: not `get [NAME]' or `set NAME=VALUE...'",
			     rest.operand[1]);
		return 2;
	}
	if (!strcmp(rest.operand[1], "set") && check_settings(&rest))
		return 2;
	if (image_open(&img, rest.operand[0], false))
		return 1;
	err = work(&rest, &img);
	image_close(&img);
	return err ? 1 : 0;
}

const struct command env_command = {
	"env", "what an image keeps from boot to boot", &options, env_run,
};
