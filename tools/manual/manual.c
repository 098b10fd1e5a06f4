/*
 * Run by the build, not installed: writes a manual page for each command and
 * what bash, zsh and fish need to complete its words, into a directory.  All
 * comes from the tables of options; docs/man has what no table can say.
 */
#include "tools/manual/manual.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/version.h"

const struct options_row *manual_row(const struct command *c, unsigned i)
{
	const struct options_row *r;

	if (i < c->options->n)
		return &c->options->row[i];
	i -= c->options->n;
	for (unsigned k = 0; (r = options_common(k)); k++)
		if (!options_has_letter(c->options, r->letter) && !i--)
			return r;
	return NULL;
}

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

enum manual_values manual_values(const struct options_row *r)
{
	if (!r->arg)
		return VALUES_NONE;
	if (r->word)
		return strcmp(r->arg, "LIST") ? VALUES_WORDS : VALUES_LIST;
	if (begins(r->arg, "FILE") || begins(r->arg, "IMAGE") ||
	    begins(r->arg, "SRC") || begins(r->arg, "DIR|"))
		return VALUES_FILES;
	if (begins(r->arg, "DIR"))
		return VALUES_DIRS;
	return strchr(r->arg, '|') ? VALUES_WORDS : VALUES_ANY;
}

void manual_words(const struct options_row *r, const char *before,
		  const char *after, FILE *out)
{
	const char *word = r->arg;

	for (unsigned i = 0; r->word && (word = r->word(i)); i++)
		fprintf(out, "%s%s%s", before, word, after);
	while (!r->word && *word) {
		int len = (int)strcspn(word, "|");

		fprintf(out, "%s%.*s%s", before, len, word, after);
		word += len + (word[len] == '|');
	}
}

bool manual_takes_files(const struct command *c)
{
	return c->options->operand;
}

static FILE *create(const char *dir, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	return f;
}

static void finish(FILE *f)
{
	bool lost = ferror(f);

	if (fclose(f) || lost) {
		perror("manual");
		exit(1);
	}
}

static void write_one(const char *dir, const char *name, void (*put)(FILE *))
{
	FILE *f = create(dir, name);

	put(f);
	finish(f);
}

static void write_pages(const char *dir, const char *more)
{
	const struct command *c;

	for (unsigned i = 0; (c = command_nth(i)); i++) {
		char name[128], own[4096];
		FILE *f;

		snprintf(name, sizeof(name), "twinboot-%s.1", c->name);
		snprintf(own, sizeof(own), "%s/%s.man", more, c->name);
		f = create(dir, name);
		manpage_command(c, own, f);
		finish(f);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: manual DIRECTORY DOCS\n", stderr);
		return 2;
	}
	write_pages(argv[1], argv[2]);
	write_one(argv[1], "commands.man", manpage_commands);
	write_one(argv[1], "keys.man", manpage_keys);
	write_one(argv[1], "lst.man", lstpage_roff);
	write_one(argv[1], "lst.md", lstpage_markdown);
	write_one(argv[1], "twinboot.bash", complete_bash);
	write_one(argv[1], "_twinboot", complete_zsh);
	write_one(argv[1], "twinboot.fish", complete_fish);
	return 0;
}
