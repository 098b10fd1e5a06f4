/*
 * Options by getopt_long(3), which is made its tables from ours.  -h, -q, -v
 * and --version are every command's, unless it has one of its own.
 */
#include "tools/options.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tools/option_value.h"
#include "tools/report.h"
#include "tools/version.h"

#define ROWS_MAX 48
#define WIDTH 79		/* columns of --help */
#define FIRST 256		/* getopt's value for row 0 */

enum { HELP = FIRST + ROWS_MAX, QUIET, VERBOSE, VERSION, COMMON_END };
#define COMMON (COMMON_END - HELP)

static const struct options_row common[COMMON] = {
	{ "help", 'h', NULL, "what there is" },
	{ "quiet", 'q', NULL, "no notes, no progress; errors only" },
	{ "verbose", 'v', NULL, "also the commands that are run" },
	{ "version", 0, NULL, "Twinboot's version" },
};

const struct options_row *options_common(unsigned i)
{
	return i < COMMON ? &common[i] : NULL;
}

bool options_has_letter(const struct options *o, char letter)
{
	for (unsigned i = 0; i < o->n; i++)
		if (letter && o->row[i].letter == letter)
			return true;
	return false;
}

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

static void put_row(const struct options_row *r)
{
	int used = put_name(r, stdout);

	if (used > 22)
		printf("\n%*s", 24, "");
	else
		printf("%*s", 24 - used, "");
	put_wrapped(r->what, 24, stdout);
}

static void put_help(const struct options *o, const char *name)
{
	put_usage(name, o->usage, stdout);
	printf("\n%s\n", o->about);
	if (o->help)
		o->help(stdout);
	printf("\nOptions:\n");
	for (unsigned i = 0; i < o->n; i++)
		put_row(&o->row[i]);
	for (unsigned i = 0; i < COMMON; i++)
		if (!options_has_letter(o, common[i].letter))
			put_row(&common[i]);
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
	case OPTIONS_ONCE:
		if (*(const char **)to)
			return report_error("--%s %s: %s was said before",
					    r->name, value,
					    *(const char **)to);
		*(const char **)to = value;
		return 0;
	case OPTIONS_NUMBER:
		return option_value_number(r->name, value, 0, (unsigned *)to);
	case OPTIONS_COUNT:
		return option_value_number(r->name, value, 1, (unsigned *)to);
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
	for (unsigned i = 0; i < o->n; i++) {
		const struct options_row *r = &o->row[i];

		longs[i] = (struct option){ r->name, r->arg ?
			required_argument : no_argument, NULL, FIRST + (int)i };
		if (r->letter)
			*shorts++ = r->letter;
		if (r->letter && r->arg)
			*shorts++ = ':';
	}
	longs += o->n;
	for (int i = 0; i < COMMON; i++) {
		char letter = common[i].letter;

		if (options_has_letter(o, letter))
			continue;
		*longs++ = (struct option){ common[i].name, no_argument, NULL,
					    HELP + i };
		if (letter)
			*shorts++ = letter;
	}
	*shorts = 0;
}

/* Which of those that every command has C is; 0: none. */
static int common_of(const struct options *o, int c)
{
	for (int i = 0; i < COMMON; i++)
		if (c == HELP + i || (c == common[i].letter &&
				      !options_has_letter(o, (char)c)))
			return HELP + i;
	return 0;
}

/* 0 to go on, 1 to end well. */
static int take_common(const struct options *o, const char *name, int c)
{
	if (c == HELP)
		put_help(o, name);
	else if (c == VERSION)
		printf("twinboot %s\n", version_number);
	else
		report_talk(c == QUIET ? REPORT_QUIET : REPORT_VERBOSE);
	return c == HELP || c == VERSION;
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
	if (common_of(o, c))
		return take_common(o, argv[0], common_of(o, c));
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
	struct option longs[ROWS_MAX + COMMON + 1] = { 0 };
	char shorts[2 + COMMON + 2 * ROWS_MAX];
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
	if (rest->n && rest->n < o->min)
		return wrong(argv[0], ": too few words",
			     rest->operand[rest->n - 1]);
	if (rest->n < o->min && o->min > 1)
		return report_error("give %s", o->usage);
	if (rest->n < o->min)
		return report_error("give %s %s",
				    o->max == UINT_MAX ? "at least one" : "one",
				    o->operand);
	if (rest->n > o->max)
		return report_error("%s: one %s too many",
				    rest->operand[o->max],
				    o->operand ? o->operand : "word");
	return 0;
}
