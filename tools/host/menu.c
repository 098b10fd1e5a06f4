/*
 * twinboot menu: what a loader reads in a menu.lst, as JSON or in words.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "menu/lst.h"
#include "tools/commands.h"
#include "tools/host/menu.h"

static const char usage_text[] =
	"usage: twinboot menu [--json] [--dialect gnu097|pvgrub] FILE\n"
	"\n"
	"Read FILE (\"-\": standard input) as GRUB 0.97 or PV-GRUB reads its\n"
	"menu.lst: tell what would be started, and what in it is not what it\n"
	"looks like.\n"
	"\n"
	"  --json         the same as one JSON object\n"
	"  --dialect D    gnu097 (GRUB 0.97, the default) or pvgrub\n"
	"  --help         this text\n";

/* All of F, with room for one byte more; NULL with errno set. */
static char *read_all(FILE *f, size_t *len)
{
	size_t room = 1 << 16, n = 0, got;
	char *text = malloc(room), *more;

	while (text && (got = fread(text + n, 1, room - n - 1, f))) {
		n += got;
		if (n + 1 < room)
			continue;
		more = realloc(text, room *= 2);
		if (!more)
			free(text);
		text = more;
	}
	if (text && ferror(f)) {
		free(text);
		text = NULL;
	}
	*len = n;
	return text;
}

static char *read_file(const char *name, size_t *len)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "rb") : stdin;
	char *text = f ? read_all(f, len) : NULL;

	if (!text)
		fprintf(stderr, "twinboot menu: %s: %s\n", name,
			strerror(errno));
	if (f && f != stdin)
		fclose(f);
	return text;
}

static int show(const char *name, char *text, size_t len,
		enum lst_dialect dialect, bool json)
{
	struct arena arena = { .size = 64 * (len + 1) + 4096 };
	struct lst lst;
	int err;

	arena.base = malloc(arena.size);
	if (!arena.base) {
		perror("twinboot menu");
		return 1;
	}
	err = lst_parse(&lst, text, len, dialect, &arena);
	if (err)
		fprintf(stderr, "twinboot menu: %s: %s\n", name, err_text());
	else if (json)
		err = menu_json(&lst, stdout);
	else
		menu_explain(&lst, dialect, stdout);
	if (!err && fflush(stdout)) {
		perror("twinboot menu");
		err = 1;
	}
	free(arena.base);
	return err ? 1 : 0;
}

static int menu_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "dialect", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	enum lst_dialect dialect = LST_GNU097;
	bool json = false;
	size_t len;
	char *text;
	int c, status;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'j') {
			json = true;
		} else if (c == 'd' && !strcmp(optarg, "pvgrub")) {
			dialect = LST_PVGRUB;
		} else if (c == 'd' && !strcmp(optarg, "gnu097")) {
			dialect = LST_GNU097;
		} else {
			fputs(usage_text, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (optind != argc - 1) {
		fputs(usage_text, stderr);
		return 2;
	}
	text = read_file(argv[optind], &len);
	if (!text)
		return 1;
	status = show(argv[optind], text, len, dialect, json);
	free(text);
	return status;
}

const struct command menu_command = {
	"menu", "read a menu.lst as the loader does; explain it", menu_run,
};
