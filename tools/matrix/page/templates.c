/*
 * Markup and style sheet are files of their own, for whoever wants to change
 * them; their bytes are taken in here, so the program needs no file.
 */
#include "tools/matrix/page/templates.h"

#include <string.h>

/* FILE beside this one, as a string called templates_SYMBOL. */
#define TAKE_IN(symbol, file)						\
	extern const char templates_##symbol[];				\
	__asm__(".pushsection .rodata\n"				\
		".globl templates_" #symbol "\n"			\
		".type templates_" #symbol ", @object\n"		\
		"templates_" #symbol ":\n"				\
		".incbin \"tools/matrix/page/" file "\"\n"		\
		".byte 0\n"						\
		".size templates_" #symbol ", . - templates_" #symbol "\n" \
		".popsection")

TAKE_IN(page, "page.html");
TAKE_IN(grid, "grid.html");
TAKE_IN(cell, "cell.html");
TAKE_IN(fact, "fact.html");
TAKE_IN(line, "line.html");
TAKE_IN(links, "links.html");
TAKE_IN(name, "name.html");
TAKE_IN(reasons, "reasons.html");
TAKE_IN(style, "style.css");

static const struct {
	const char *name, *text;
} templates[] = {
	{ "page", templates_page }, { "grid", templates_grid },
	{ "cell", templates_cell }, { "fact", templates_fact },
	{ "line", templates_line }, { "links", templates_links },
	{ "name", templates_name }, { "reasons", templates_reasons },
	{ "style", templates_style },
};

const char *templates_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++)
		if (strlen(templates[i].name) == len &&
		    !memcmp(templates[i].name, name, len))
			return templates[i].text;
	return NULL;
}
