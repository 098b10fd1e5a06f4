/*
 * Options by getopt_long(3), which is made its tables from ours.  -h, --help
 * and --version are every command's.
 */
#include "tools/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tools/option_value.h"
#include "tools/report.h"
#include "tools/version.h"

#define ROWS_MAX 48
#define WIDTH 79		/* columns of --help */
#define FIRST 256		/* getopt's value for row 0 */

enum { HELP = FIRST + ROWS_MAX, VERSION };

/* "usage: ", and lines behind the first as far to the right. */
static void put_usage(const char *name, const char *usage, FILE *out)
{
	fprintf(out, "usage: ");
	for (const char *line = usage; line; ) {
		int len = (int)strcspn(line, "\n");

		fprintf(out, "%s%s %.*s\n", line == usage ? "" : "       ",
			name, len, line);
		line = line[len] ? line + len + 1 : NULL;
	}
}

/* TEXT from column AT on, which the line at hand has reached. */
static void put_wrapped(const char *text, int at, FILE *out)
{
	int column = at;

	while (*text) {
		int len = (int)strcspn(text, " ");

		if (column > at && column + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", at, "");
			column = at;
		} else if (column > at) {
			fputc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", len, text);
		column += len;
		text += len + (text[len] == ' ');
	}
	fputc('\n', out);
}

static int put_name(const struct options_row *r, FILE *out)
{
	char letter[] = "-x, ";

	letter[1] = r->letter;
	return fprintf(out, "  %s--%s%s%s", r->letter ? letter : "", r->name,
		       r->arg ? " " : "", r->arg ? r->arg : "");
}

static void put_help(const struct options *o, const char *name)
{
	static const struct options_row own[] = {
		{ "help", 'h', NULL, "this text" },
		{ "version", 0, NULL, "Twinboot's version" },
	};
	unsigned n = o->n + sizeof(own) / sizeof(own[0]);

	put_usage(name, o->usage, stdout);
	printf("\n%s\n", o->about);
	if (o->help)
		o->help(stdout);
	printf("\nOptions:\n");
	for (unsigned i = 0; i < n; i++) {
		const struct options_row *r = i < o->n ? &o->row[i] :
					      &own[i - o->n];
		int used = put_name(r, stdout);

		if (used > 22)
			printf("\n%*s", 24, "");
		else
			printf("%*s", 24 - used, "");
		put_wrapped(r->what, 24, stdout);
	}
}

static int take(const struct options_row *r, void *self, const char *value)
{
	char *to = (char *)self + r->at;

	switch (r->kind) {
	case OPTIONS_FLAG:
		*(bool *)to = true;
		return 0;
	case OPTIONS_TEXT:
	case OPTIONS_FILE:
		*(const char **)to = value;
		return 0;
	case OPTIONS_NUMBER:
		return option_value_number(r->name, value, (unsigned *)to);
	case OPTIONS_MEMORY:
		return option_value_memory(r->name, value, (unsigned *)to);
	case OPTIONS_CALL:
		return r->take(self, r->name, value);
	}
	return -1;
}

static void make_tables(const struct options *o, struct option *longs,
			char *shorts)
{
	if (o->n > ROWS_MAX)
		abort();
	*shorts++ = ':';
	*shorts++ = 'h';
	for (unsigned i = 0; i < o->n; i++) {
		const struct options_row *r = &o->row[i];

		longs[i] = (struct option){ r->name, r->arg ?
			required_argument : no_argument, NULL, FIRST + (int)i };
		if (r->letter)
			*shorts++ = r->letter;
		if (r->letter && r->arg)
			*shorts++ = ':';
	}
	*shorts = 0;
	longs[o->n] = (struct option){ "help", no_argument, NULL, HELP };
	longs[o->n + 1] = (struct option){ "version", no_argument, NULL,
					   VERSION };
}

/* The row that getopt_long() has met. */
static const struct options_row *row_of(const struct options *o, int c)
{
	for (unsigned i = 0; i < o->n; i++)
		if (c == FIRST + (int)i || (c && c == o->row[i].letter))
			return &o->row[i];
	return NULL;
}

static int wrong(const char *name, const char *what, const char *arg)
{
	return report_error("%s%s; `%s --help' tells what there is", arg, what,
			    name);
}

/* -1: all is done; -2: an error was reported; 1: end well. */
static int take_next(const struct options *o, void *self, int argc,
		     char **argv, const struct option *longs,
		     const char *shorts)
{
	int c = getopt_long(argc, argv, shorts, longs, NULL);
	const char *arg = argv[optind - 1];

	if (c == -1)
		return -1;
	if (c == ':')
		return wrong(argv[0], ": needs an argument", arg) - 1;
	if (c == '?')
		return wrong(argv[0], ": no such option", arg) - 1;
	if (c == 'h' || c == HELP) {
		put_help(o, argv[0]);
		return 1;
	}
	if (c == VERSION) {
		puts("twinboot " TWINBOOT_VERSION);
		return 1;
	}
	return take(row_of(o, c), self, optarg) ? -2 : 0;
}

/* What stands behind "--" is no operand where MORE is taken. */
static int split(const struct options *o, int argc, char **argv,
		 struct options_rest *rest)
{
	int i = 1;

	while (i < argc && strcmp(argv[i], "--"))
		i++;
	if (!o->more || i == argc)
		return argc;
	rest->more = argv + i + 1;
	rest->n_more = (unsigned)(argc - i - 1);
	return i;
}

int options_parse(const struct options *o, void *self, int argc, char **argv,
		  struct options_rest *rest)
{
	struct option longs[ROWS_MAX + 3] = { 0 };
	char shorts[3 + 2 * ROWS_MAX];
	int err;

	*rest = (struct options_rest){ 0 };
	argc = split(o, argc, argv, rest);
	make_tables(o, longs, shorts);
	opterr = 0;
	optind = 0;
	while (!(err = take_next(o, self, argc, argv, longs, shorts)))
		;
	if (err != -1)
		return err > 0 ? 1 : -1;
	rest->operand = argv + optind;
	rest->n = (unsigned)(argc - optind);
	if (rest->n < o->min)
		return report_error("give %s %s",
				    o->max > 1 ? "at least one" : "one",
				    o->operand);
	if (rest->n > o->max)
		return report_error("%s: one %s too many",
				    rest->operand[o->max],
				    o->operand ? o->operand : "word");
	return 0;
}
