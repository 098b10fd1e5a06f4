/*
 * Manual pages in man(7)'s macros.  Text is escaped: a line of a table never
 * becomes a request, and dashes are those that one types.
 */
#include "tools/manual/manual.h"

#include <ctype.h>
#include <string.h>

#include "tools/image/recipe/build_options.h"
#include "tools/version.h"

/* LEN bytes of S as they are to be read. */
static void put_bytes(const char *s, size_t len, FILE *out)
{
	for (size_t i = 0; i < len; i++) {
		bool first = !i || s[i - 1] == '\n';

		if (first && (s[i] == '.' || s[i] == '\''))
			fputs("\\&", out);
		if (s[i] == '-')
			fputs("\\-", out);
		else if (s[i] == '\\')
			fputs("\\e", out);
		else if (s[i] == '\'')
			fputs("\\(aq", out);
		else if (s[i] == '`')
			fputs("\\(ga", out);
		else if (s[i] == '~')
			fputs("\\(ti", out);
		else
			fputc(s[i], out);
	}
}

static void put(const char *s, FILE *out)
{
	put_bytes(s, strlen(s), out);
}

void manpage_text(const char *s, FILE *out)
{
	put(s, out);
}

static void put_in(char font, const char *s, size_t len, FILE *out)
{
	fprintf(out, "\\f%c", font);
	put_bytes(s, len, out);
	fputs("\\fR", out);
}

/* Usage: what is typed is bold, what stands for something in italics. */
static void put_usage(const char *s, FILE *out)
{
	while (*s) {
		size_t upper = 0, typed = 0;

		while (isupper((unsigned char)s[upper]))
			upper++;
		while (islower((unsigned char)s[typed]) || s[typed] == '-')
			typed++;
		if (upper)
			put_in('I', s, upper, out);
		else if (typed)
			put_in('B', s, typed, out);
		else
			put_bytes(s, 1, out);
		s += upper ? upper : typed ? typed : 1;
	}
}

static void put_synopsis(const struct command *c, FILE *out)
{
	const char *line = c->options->usage;

	fputs(".SH SYNOPSIS\n", out);
	do {
		size_t len = strcspn(line, "\n");
		char copy[256];

		snprintf(copy, sizeof(copy), "%.*s", (int)len, line);
		if (line != c->options->usage)
			fputs(".br\n", out);
		fputs("\\fBtwinboot ", out);
		put(c->name, out);
		fputs("\\fR ", out);
		put_usage(copy, out);
		fputc('\n', out);
		line += len + (line[len] == '\n');
	} while (*line);
}

static void put_row(const struct options_row *r, bool dashes, FILE *out)
{
	fputs(".TP\n", out);
	if (r->letter && dashes)
		fprintf(out, "\\fB\\-%c\\fR, ", r->letter);
	fputs("\\fB", out);
	put(dashes ? "--" : "", out);
	put(r->name, out);
	fputs("\\fR", out);
	if (r->arg) {
		fputs(dashes ? " " : " = ", out);
		put_in('I', r->arg, strlen(r->arg), out);
	}
	fputc('\n', out);
	put(r->what, out);
	fputs(".\n", out);
}

static void put_examples(const struct command *c, FILE *out)
{
	const struct options_example *e = c->options->example;

	if (!e)
		return;
	fputs(".SH EXAMPLES\n", out);
	for (; e->command; e++) {
		fputs(".PP\n", out);
		put(e->what, out);
		fputs("\n.PP\n.RS 4\n.EX\n", out);
		put(e->command, out);
		fputs("\n.EE\n.RE\n", out);
	}
}

/* The file MORE as it is, if there is one. */
static void put_file(const char *more, FILE *out)
{
	FILE *in = fopen(more, "re");
	int c;

	if (!in)
		return;
	while ((c = fgetc(in)) != EOF)
		fputc(c, out);
	fclose(in);
}

/* What a command tells beside its options, word for word. */
static void put_help(const struct command *c, FILE *out)
{
	char text[8192] = "";
	FILE *f;

	if (!c->options->help)
		return;
	f = fmemopen(text, sizeof(text), "w");
	c->options->help(f);
	fclose(f);
	fputs(".PP\n.EX\n", out);
	put(text + strspn(text, "\n"), out);
	fputs(".EE\n", out);
}

void manpage_command(const struct command *c, const char *more, FILE *out)
{
	const struct options_row *r;
	char title[64];

	snprintf(title, sizeof(title), "TWINBOOT-%s", c->name);
	for (char *p = title; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	fputs(".TH ", out);
	put(title, out);
	fprintf(out, " 1 %s \"Twinboot %s\"\n.SH NAME\ntwinboot\\-",
		version_date, version_number);
	put(c->name, out);
	fputs(" \\- ", out);
	put(c->what, out);
	fputc('\n', out);
	put_synopsis(c, out);
	fputs(".SH DESCRIPTION\n", out);
	put(c->options->about, out);
	fputc('\n', out);
	put_help(c, out);
	put_file(more, out);
	fputs(".SH OPTIONS\n", out);
	for (unsigned i = 0; (r = manual_row(c, i)); i++)
		put_row(r, true, out);
	put_examples(c, out);
	fputs(".SH SEE ALSO\n.BR twinboot (1)\n", out);
}

void manpage_commands(FILE *out)
{
	const struct command *c;

	for (unsigned i = 0; (c = command_nth(i)); i++) {
		fputs(".TP\n.BR twinboot\\-", out);
		put(c->name, out);
		fputs(" (1)\n", out);
		put(c->what, out);
		fputs(".\n", out);
	}
}

void manpage_keys(FILE *out)
{
	for (unsigned i = 0; i < KEYS; i++)
		put_row(&build_keys[i], false, out);
}
