/*
 * One table of options per command: parsing, --help, the manual page and what
 * shells complete are made from it.
 */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What the member at AT of the command's structure is. */
enum options_kind {
	OPTIONS_FLAG,		/* bool; the option has no argument */
	OPTIONS_TEXT,		/* const char *; the last one counts */
	OPTIONS_ONCE,		/* const char *; one more is refused */
	OPTIONS_FILE,		/* the same: the name of a file */
	OPTIONS_NUMBER,		/* unsigned */
	OPTIONS_COUNT,		/* the same, from 1 on */
	OPTIONS_MEMORY,		/* unsigned, MiB: "512", "512M", "2G" */
	OPTIONS_CALL,		/* take() has the argument */
};

struct options_row {
	const char *name;	/* without the dashes */
	char letter;		/* as well; 0: none */
	const char *arg;	/* for --help; NULL: it has no argument */
	const char *what;	/* one sentence for --help */
	enum options_kind kind;
	size_t at;
	/* 0, or -1 with an error reported. */
	int (*take)(void *self, const char *name, const char *value);
	/*
	 * Words that it can be, NULL after the last; of an ARG that is LIST
	 * several with commas.  NULL: ARG's own, "a|b", or anything.
	 */
	const char *(*word)(unsigned i);
};

struct options_example {
	const char *what, *command;	/* command: NULL after the last */
};

struct options {
	const char *usage;	/* behind "twinboot COMMAND " */
	const char *about;	/* what it does, its exit statuses */
	const struct options_row *row;
	unsigned n;
	const char *operand;	/* what the others are: "IMAGE"; NULL: none */
	unsigned min, max;	/* how many of these */
	bool more;		/* all behind "--" is for another program */
	void (*help)(FILE *out); /* more for --help, or NULL */
	const struct options_example *example;	/* for the manual, or NULL */
};

/*
 * Rows of boot paths into the const char * at AT: one or, of LIST, several with
 * commas; one name is as good as the other.
 */
#define OPTIONS_PATHS(arg, what, at, words)				\
	{ "path", 0, arg, what, OPTIONS_ONCE, at, NULL, words },	\
	{ "paths", 0, arg, "the same", OPTIONS_ONCE, at, NULL, words }

/* What every command has besides: -h, -q, -v, --version; NULL: no more. */
const struct options_row *options_common(unsigned i);
/* Whether O has a row of its own for LETTER. */
bool options_has_letter(const struct options *o, char letter);

/* What is left of a command line. */
struct options_rest {
	unsigned n, n_more;
	char **operand, **more;
};

/*
 * ARGV (its first is the command's name) by O into the structure SELF.  0; 1
 * when --help was shown; -1 with an error reported, which is wrong usage.
 */
int options_parse(const struct options *o, void *self, int argc, char **argv,
		  struct options_rest *rest);

#endif
