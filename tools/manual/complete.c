/*
 * Completion.  One function does the work in bash and takes what can follow
 * from a case statement; zsh and fish have ways of their own to say it.
 */
#include "tools/manual/manual.h"

#include <string.h>

/* S within single quotes of every shell. */
static void put_quoted(const char *s, FILE *out)
{
	for (; *s; s++)
		if (*s == '\'')
			fputs("'\\''", out);
		else
			fputc(*s, out);
}

static void put_commands(const char *between, FILE *out)
{
	const struct command *c;

	for (unsigned i = 0; (c = command_nth(i)); i++)
		fprintf(out, "%s%s", i ? between : "", c->name);
}

/* ---- bash: bash-completion(1) is used where it is there, not needed ---- */

static const char bash_head[] =
"# bash completion for twinboot; made from its tables of options.\n"
"_twinboot_list() {\n"
"	local before=\n"
"	[[ $1 != *,* ]] || before=${1%,*},\n"
"	COMPREPLY=($(compgen -P \"$before\" -W \"$2\" -- "
"\"${1##*,}\"))\n"
"	[[ ${#COMPREPLY[@]} = 0 ]] || compopt -o nospace\n"
"}\n"
"_twinboot_files() {\n"
"	compopt -o filenames\n"
"	local IFS=$'\\n'\n"
"	COMPREPLY=($(compgen \"$1\" -- \"$2\"))\n"
"}\n"
"_twinboot() {\n"
"	local cur=$2 prev=$3 cmd=${COMP_WORDS[1]}\n"
"	COMPREPLY=()\n";

static void bash_value(const struct command *c, const struct options_row *r,
		       FILE *out)
{
	enum manual_values v = manual_values(r);

	if (v == VALUES_NONE)
		return;
	fprintf(out, "	'%s --%s'", c->name, r->name);
	if (r->letter)
		fprintf(out, "|'%s -%c'", c->name, r->letter);
	fputs(") ", out);
	if (v == VALUES_FILES || v == VALUES_DIRS) {
		fprintf(out, "_twinboot_files %s \"$cur\"",
			v == VALUES_DIRS ? "-d" : "-f");
	} else if (v == VALUES_LIST) {
		fputs("_twinboot_list \"$cur\" '", out);
		manual_words(r, "", " ", out);
		fputs("'", out);
	} else if (v == VALUES_WORDS) {
		fputs("COMPREPLY=($(compgen -W '", out);
		manual_words(r, "", " ", out);
		fputs("' -- \"$cur\"))", out);
	} else {
		fputs(":", out);
	}
	fputs("; return ;;\n", out);
}

void complete_bash(FILE *out)
{
	const struct options_row *r;
	const struct command *c;

	fputs(bash_head, out);
	fputs("	if [[ $COMP_CWORD = 1 ]]; then\n		"
	      "COMPREPLY=($(compgen -W '", out);
	put_commands(" ", out);
	fputs(" --help --version' -- \"$cur\")); return\n	fi\n"
	      "	case \"$cmd $prev\" in\n", out);
	for (unsigned i = 0; (c = command_nth(i)); i++)
		for (unsigned k = 0; (r = manual_row(c, k)); k++)
			bash_value(c, r, out);
	fputs("	esac\n	if [[ $cur != -* ]]; then\n"
	      "		case $cmd in\n		", out);
	for (unsigned i = 0, n = 0; (c = command_nth(i)); i++)
		if (manual_takes_files(c))
			fprintf(out, "%s%s", n++ ? "|" : "", c->name);
	fputs(") _twinboot_files -f \"$cur\" ;;\n"
	      "		esac\n		return\n	fi\n"
	      "	case $cmd in\n", out);
	for (unsigned i = 0; (c = command_nth(i)); i++) {
		fprintf(out, "	%s) COMPREPLY=($(compgen -W '", c->name);
		for (unsigned k = 0; (r = manual_row(c, k)); k++)
			fprintf(out, "--%s ", r->name);
		fputs("' -- \"$cur\")) ;;\n", out);
	}
	fputs("	esac\n}\ncomplete -F _twinboot twinboot\n", out);
}

/* ---- zsh: zshcompsys(1), _arguments ---- */

/* In a description, brackets and colons mean something. */
static void zsh_text(const char *s, FILE *out)
{
	for (; *s; s++) {
		if (strchr("[]:\\", *s))
			fputc('\\', out);
		if (*s == '\'')
			fputs("'\\''", out);
		else
			fputc(*s, out);
	}
}

static void zsh_value(const struct options_row *r, FILE *out)
{
	enum manual_values v = manual_values(r);

	if (v == VALUES_NONE)
		return;
	fputc(':', out);
	zsh_text(r->arg, out);
	fputc(':', out);
	if (v == VALUES_FILES)
		fputs("_files", out);
	else if (v == VALUES_DIRS)
		fputs("_files -/", out);
	else if (v == VALUES_LIST)
		fputs("_values -s , word", out);
	else if (v == VALUES_WORDS)
		fputc('(', out);
	if (v == VALUES_LIST || v == VALUES_WORDS)
		manual_words(r, " ", "", out);
	if (v == VALUES_WORDS)
		fputc(')', out);
}

static void zsh_row(const struct options_row *r, FILE *out)
{
	for (unsigned i = r->letter ? 0 : 1; i < 2; i++) {
		fputs(" \\\n		'*", out);
		if (i)
			fprintf(out, "--%s%s", r->name, r->arg ? "=" : "");
		else
			fprintf(out, "-%c%s", r->letter, r->arg ? "+" : "");
		fputc('[', out);
		zsh_text(r->what, out);
		fputc(']', out);
		zsh_value(r, out);
		fputc('\'', out);
	}
}

void complete_zsh(FILE *out)
{
	const struct options_row *r;
	const struct command *c;

	fputs("#compdef twinboot\n"
	      "# zsh completion for twinboot; made from its tables of options."
	      "\nlocal -a commands\ncommands=(\n", out);
	for (unsigned i = 0; (c = command_nth(i)); i++) {
		fprintf(out, "	'%s:", c->name);
		put_quoted(c->what, out);
		fputs("'\n", out);
	}
	fputs(")\nif (( CURRENT == 2 )); then\n"
	      "	_describe command commands\n	return\nfi\n"
	      "local command=$words[2]\nshift words\n(( CURRENT-- ))\n"
	      "case $command in\n", out);
	for (unsigned i = 0; (c = command_nth(i)); i++) {
		fprintf(out, "%s)\n	_arguments -S", c->name);
		for (unsigned k = 0; (r = manual_row(c, k)); k++)
			zsh_row(r, out);
		if (manual_takes_files(c))
			fputs(" \\\n		'*:file:_files'", out);
		fputs("\n	;;\n", out);
	}
	fputs("esac\n", out);
}

/* ---- fish: complete(1) ---- */

/* In single quotes fish knows \' and \\ only. */
static void fish_text(const char *s, FILE *out)
{
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			fputc('\\', out);
		fputc(*s, out);
	}
}

static void fish_row(const struct command *c, const struct options_row *r,
		     FILE *out)
{
	enum manual_values v = manual_values(r);

	fprintf(out, "complete -c twinboot -n '__fish_seen_subcommand_from %s'"
		" -l %s", c->name, r->name);
	if (r->letter)
		fprintf(out, " -s %c", r->letter);
	fputs(" -d '", out);
	fish_text(r->what, out);
	fputc('\'', out);
	if (v == VALUES_FILES)
		fputs(" -rF", out);
	else if (v == VALUES_DIRS)
		fputs(" -xa '(__fish_complete_directories)'", out);
	else if (v != VALUES_NONE)
		fputs(" -x", out);
	if (v == VALUES_LIST)
		fputs(" -a '(__fish_append , ", out);
	else if (v == VALUES_WORDS)
		fputs(" -a '", out);
	if (v == VALUES_LIST || v == VALUES_WORDS)
		manual_words(r, "", " ", out);
	fputs(v == VALUES_LIST ? ")'\n" : v == VALUES_WORDS ? "'\n" : "\n",
	      out);
}

void complete_fish(FILE *out)
{
	const struct options_row *r;
	const struct command *c;

	fputs("# fish completion for twinboot; made from its tables of "
	      "options.\ncomplete -c twinboot -n __fish_use_subcommand -f\n",
	      out);
	for (unsigned i = 0; (c = command_nth(i)); i++) {
		fprintf(out, "complete -c twinboot -n __fish_use_subcommand -a "
			"%s -d '", c->name);
		fish_text(c->what, out);
		fputs("'\n", out);
	}
	for (unsigned i = 0; (c = command_nth(i)); i++) {
		if (!manual_takes_files(c))
			fprintf(out, "complete -c twinboot -n '__fish_seen_"
				"subcommand_from %s' -f\n", c->name);
		for (unsigned k = 0; (r = manual_row(c, k)); k++)
			fish_row(c, r, out);
	}
}
