/*
 * A menu.lst is put into an image as it is, but not one with a line that no
 * loader reads to its end: what is lost there are a kernel's last arguments.
 */
#include "tools/image/menu_check.h"

#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "menu/config/config.h"
#include "tools/report.h"

static int check_lines(const char *name, const struct lst *l)
{
	for (uint32_t i = 0; i < l->n_lines; i++)
		if (l->line[i].cut)
			return report_error("%s, line %u: loaders read only "
					    "its first %d bytes", name,
					    l->line[i].line, LST_LINE_MAX);
	return 0;
}

int menu_check(const char *name, const char *text)
{
	size_t len = strlen(text);
	char *copy = strdup(text);
	struct arena arena = { .size = 64 * (len + 1) + 4096 };
	struct lst l;
	int err = -1;

	arena.base = malloc(arena.size);
	if (!arena.base || !copy)
		report_error("out of memory");
	else if (lst_parse(&l, copy, len, LST_GNU097, &arena))
		report_error("%s: %s", name, err_text());
	else
		err = check_lines(name, &l);
	free(arena.base);
	free(copy);
	return err;
}
