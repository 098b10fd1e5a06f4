/*
 * twinboot env: the environment block of an image.  The image is changed in
 * place, as its own boots do, so it has to be raw.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "tools/commands.h"
#include "tools/host/boot/envdisk.h"
#include "tools/host/disk/image.h"
#include "tools/host/disk/imagelock.h"
#include "tools/report.h"
#include "tools/text.h"

static const struct options_example examples[] = {
	{ "Start entry 2 at the next boot, then the default again (menu.lst "
	  "has `default saved'):", "twinboot env disk.img set once=2" },
	{ "All that is kept:", "twinboot env disk.img get" },
	{ NULL, NULL },
};

struct asked {
	bool json;
};

static const struct options_row rows[] = {
	{ "json", 0, NULL, "what is kept then as one JSON object",
	  OPTIONS_FLAG, offsetof(struct asked, json) },
};

static const struct options options = {
	.row = rows, .n = sizeof(rows) / sizeof(rows[0]),
	.usage = "IMAGE get [NAME] | IMAGE set NAME=VALUE...",
	.about = "Show or change what an image keeps from boot to boot: "
		 "NAME=VALUE lines, in the\nboot area, or in the files "
		 "\\EFI\\twinboot\\env or twinboot.env of 8,192 bytes.\n`set "
		 "NAME=' removes one; the first `set' makes the block.  The "
		 "loader knows\nonce=N.",
	.operand = "IMAGE", .min = 2, .max = 32, .example = examples,
};

/* NULL: nothing of that name is kept. */
static json_t *variable(const struct env *e, const char *name)
{
	char value[ENV_VALUE];

	return env_get(e, name, value) ? json_pack("{so so}", "name",
		text_json(name), "value", text_json(value)) : NULL;
}

/* NAME's alone, or (NULL) every line that has a name. */
static json_t *variables(const struct env *e, const char *name)
{
	json_t *list = json_array();
	size_t len;

	if (name) {
		json_array_append_new(list, variable(e, name));
		return list;
	}
	for (const char *s = e->text; *s; s += len + (s[len] == '\n')) {
		char *key = strndup(s, strcspn(s, "=\n"));

		len = strcspn(s, "\n");
		if (strlen(key) < len)
			json_array_append_new(list, variable(e, key));
		free(key);
	}
	return list;
}

static void print_json(const struct env *e, const char *image,
		       const char *name)
{
	json_t *j = json_pack("{ss so so}", "schema", "twinboot-env-1", "image",
			      text_json(image), "variables",
			      variables(e, name));

	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
}

static int get(struct envdisk *e, const char *image, const char *name,
	       bool json)
{
	char value[ENV_VALUE];

	if (!name) {
		if (!json)
			text_put_lines(e->s.env.text, stdout);
		return 0;
	}
	if (!env_get(&e->s.env, name, value))
		return report_error("%s: nothing called %s is kept", image,
				    name);
	if (json)
		return 0;
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
	if (fd < 0 || !imagelock_take(fd, img->path))
		return fd;
	close(fd);
	return -1;
}

static int work(const struct options_rest *r, const struct image *img,
		bool json)
{
	const char *name = NULL;
	bool change = !strcmp(r->operand[1], "set");
	int fd = change ? open_raw(img) : img->fd, err;
	static struct envdisk e;

	if (fd < 0)
		return -1;
	if (!change && r->n > 2)
		name = r->operand[2];
	err = envdisk_open(&e, fd, img->path, change ? ENVDISK_MAKE :
			   ENVDISK_READ);
	if (!err && change)
		err = set(&e, r->operand + 2, r->n - 2);
	if (err)
		report_error("%s: %s", img->path, err_text());
	else if (!change)
		err = get(&e, img->path, name, json);
	if (!err && json)
		print_json(&e.s.env, img->path, name);
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
	struct asked asked = { 0 };
	struct options_rest rest;
	int err = options_parse(&options, &asked, argc, argv, &rest);
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
	err = work(&rest, &img, asked.json);
	image_close(&img);
	return err ? 1 : 0;
}

const struct command env_command = {
	"env", "what an image keeps from boot to boot", &options, env_run,
};
