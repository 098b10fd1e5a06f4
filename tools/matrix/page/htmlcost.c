/*
 * What boots cost: a row for each cell, a column for each figure that at least
 * one cell has.  Figures of another place in the JSON form are a line here.
 */
#include "tools/matrix/page/htmlcost.h"

#include <string.h>

#include "tools/matrix/page/html.h"

struct figure {
	const char *name, *key;
	bool counted;		/* an instruction count; else of all disks */
};

static const struct figure figures[] = {
	{ "instructions, reset to kernel", "reset_to_kernel", true },
	{ "in the loader", "tsc_own", true },
	{ "in firmware it calls", "tsc_firmware", true },
	{ "disk reads", "reads", false },
	{ "bytes read", "read_bytes", false },
	{ "disk writes", "writes", false },
	{ "bytes written", "written_bytes", false },
};

#define FIGURES (sizeof(figures) / sizeof(figures[0]))

/* False: the cell has no such figure. */
static bool take(const json_t *cell, const struct figure *f, json_int_t *sum)
{
	const json_t *disks = json_object_get(json_object_get(cell, "boot"),
					      "disks");
	const json_t *one = json_object_get(json_object_get(cell, "cost"),
					    f->key);
	bool found = false;

	*sum = json_integer_value(one);
	if (f->counted)
		return json_is_integer(one);
	for (size_t i = 0; i < json_array_size(disks); i++) {
		one = json_object_get(json_array_get(disks, i), f->key);
		found |= json_is_integer(one);
		if (__builtin_add_overflow(*sum, json_integer_value(one), sum))
			return false;
	}
	return found;
}

static unsigned columns(const json_t *cells)
{
	unsigned mask = 0;
	json_int_t n;

	for (size_t i = 0; i < json_array_size(cells); i++)
		for (unsigned f = 0; f < FIGURES; f++)
			if (take(json_array_get(cells, i), &figures[f], &n) &&
			    n)
				mask |= 1u << f;
	return mask;
}

static void put_row(const json_t *cell, unsigned mask, FILE *out)
{
	json_int_t n;

	fputs("<tr><th scope=\"row\">", out);
	html_cell_link(cell, out);
	fputs("</th>", out);
	for (unsigned f = 0; f < FIGURES; f++) {
		if (!(mask >> f & 1))
			continue;
		fprintf(out, "<td data-label=\"%s\">", figures[f].name);
		if (take(cell, &figures[f], &n))
			html_number(n, out);
		else
			fputs("\xe2\x80\x93", out);
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

static void put_head(unsigned mask, FILE *out)
{
	fputs("<thead><tr><th scope=\"col\">cell</th>", out);
	for (unsigned f = 0; f < FIGURES; f++)
		if (mask >> f & 1)
			fprintf(out, "<th scope=\"col\">%s</th>",
				figures[f].name);
	fputs("</tr></thead>\n", out);
}

void htmlcost_put(const json_t *cells, bool named, FILE *out)
{
	unsigned mask = columns(cells);
	const char *image = "";

	if (!mask)
		return;
	fputs("<section>\n<h2>Cost</h2>\n<table class=\"cost\">\n", out);
	put_head(mask, out);
	for (size_t i = 0; i < json_array_size(cells); i++) {
		const json_t *cell = json_array_get(cells, i);

		if (!json_object_get(cell, "boot"))
			continue;
		if (named && strcmp(html_member(cell, "image"), image)) {
			image = html_member(cell, "image");
			fprintf(out, "<tr class=\"image\"><th scope=\"rowgroup"
				"\" colspan=\"%d\">",
				1 + __builtin_popcount(mask));
			html_text(image, out);
			fputs("</th></tr>\n", out);
		}
		put_row(cell, mask, out);
	}
	fputs("</table>\n</section>\n", out);
}
