/* What is written of the tables of options: manual pages, completion. */
#ifndef TOOLS_MANUAL_MANUAL_H
#define TOOLS_MANUAL_MANUAL_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/commands.h"

/*
 * The I'th row that C's command line has, those of every command behind its
 * own; NULL after the last.
 */
const struct options_row *manual_row(const struct command *c, unsigned i);

/* What the values of R are. */
enum manual_values { VALUES_NONE, VALUES_ANY, VALUES_FILES, VALUES_DIRS,
		     VALUES_WORDS, VALUES_LIST };
enum manual_values manual_values(const struct options_row *r);

/* The words R can be, each behind BEFORE and before AFTER. */
void manual_words(const struct options_row *r, const char *before,
		  const char *after, FILE *out);

/* Whether C's operands are files. */
bool manual_takes_files(const struct command *c);

/* twinboot-COMMAND(1); what of the file MORE is roff of one's own goes in. */
void manpage_command(const struct command *c, const char *more, FILE *out);
/* The names and short texts of all commands, for twinboot(1). */
void manpage_commands(FILE *out);
/* Options as twinboot-recipe(5) has them: without dashes. */
void manpage_keys(FILE *out);

/* The commands of menu.lst: for menu.lst(5), and a table in Markdown. */
void lstpage_roff(FILE *out);
void lstpage_markdown(FILE *out);

/* S as man(7) shows it. */
void manpage_text(const char *s, FILE *out);

void complete_bash(FILE *out);
void complete_zsh(FILE *out);
void complete_fish(FILE *out);

#endif
