/*
 * What boots cost: a row for each cell, a column for each figure that at least
 * one cell has.  Figures of another place in the JSON form are a line here.
 */
#include "tools/matrix/page/view.h"

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

static json_t *make_row(const json_t *cell, unsigned mask)
{
	json_t *row = view_cell(cell), *values = json_array();
	json_int_t n;

	for (unsigned f = 0; f < FIGURES; f++)
		if (mask >> f & 1)
			json_array_append_new(values, json_pack("{ss so}",
				"label", figures[f].name, "value",
				take(cell, &figures[f], &n) ? view_number(n) :
				json_string("\xe2\x80\x93")));
	json_object_set_new(row, "values", values);
	return row;
}

json_t *view_cost(const json_t *cells, bool named)
{
	json_t *labels = json_array(), *rows = json_array(), *cell;
	unsigned mask = columns(cells);
	const char *image = "";
	size_t i;

	for (unsigned f = 0; f < FIGURES; f++)
		if (mask >> f & 1)
			json_array_append_new(labels,
					      json_string(figures[f].name));
	json_array_foreach(cells, i, cell) {
		json_t *row;

		if (!json_object_get(cell, "boot"))
			continue;
		row = make_row(cell, mask);
		view_head(row, cell, named, &image);
		json_array_append_new(rows, row);
	}
	if (mask)
		return json_pack("{sI so so}", "span", (json_int_t)(1 +
				 __builtin_popcount(mask)), "labels", labels,
				 "rows", rows);
	json_decref(labels);
	json_decref(rows);
	return NULL;
}
