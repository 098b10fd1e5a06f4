/* The commands of menu.lst, of the loader's own table. */
#include "menu/screen/help.h"
#include "tools/manual/manual.h"

static void each(void (*put)(const char *name, const struct help *h, FILE *out),
		 FILE *out)
{
	for (unsigned c = CMD_UNKNOWN + 1; c < CMD_COUNT; c++)
		if (help_of((enum lst_cmd)c)->what)
			put(command_name((enum lst_cmd)c),
			    help_of((enum lst_cmd)c), out);
}

static void put_roff(const char *name, const struct help *h, FILE *out)
{
	fprintf(out, ".TP\n\\fB%s\\fR ", name);
	manpage_text(h->args, out);
	fputc('\n', out);
	manpage_text(h->what, out);
	fputs(".\n", out);
}

void lstpage_roff(FILE *out)
{
	each(put_roff, out);
}

/* A bar would end the column. */
static void put_cell(const char *s, FILE *out)
{
	for (; *s; s++)
		fputs(*s == '|' ? "\\|" : (char[]){ *s, 0 }, out);
}

static void put_markdown(const char *name, const struct help *h, FILE *out)
{
	fprintf(out, "| `%s%s", name, *h->args ? " " : "");
	put_cell(h->args, out);
	fputs("` | ", out);
	put_cell(h->what, out);
	fputs(" |\n", out);
}

void lstpage_markdown(FILE *out)
{
	fputs("| command | what it does |\n|---|---|\n", out);
	each(put_markdown, out);
}
