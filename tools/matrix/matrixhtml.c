/*
 * The matrix as a page: first what everybody wants to know (which cells, what
 * failed and why), then what can be compared, then each cell by itself.  It has
 * to read well on a phone and on paper, so there is one column and no script.
 * It is well-formed XML, too: tests can take it apart.  Its markup is in
 * page/page.html and the templates that it names.
 */
#include "tools/matrix/matrixhtml.h"

#include <stdlib.h>
#include <string.h>

#include "tools/matrix/page/html.h"
#include "tools/matrix/page/template.h"
#include "tools/matrix/page/view.h"

/* In this order: what needs somebody first. */
static const char *const statuses[] = {
	"FAIL", "ERROR", "MISS", "UNKNOWN", "UNCHECKED", "PASS", "SKIP",
};

#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))

static size_t count(const json_t *cells, const char *status)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(cells); i++)
		n += view_has_status(json_array_get(cells, i), status);
	return n;
}

static json_t *make_counts(const json_t *cells)
{
	json_t *counts = json_array();

	for (size_t i = 0; i < STATUSES; i++)
		if (count(cells, statuses[i]))
			json_array_append_new(counts, json_pack("{ss sI}",
				"status", statuses[i], "n", (json_int_t)
				count(cells, statuses[i])));
	return counts;
}

/* The images of all cells, each once, with commas; *N: how many. */
static json_t *make_images(const json_t *cells, size_t *n)
{
	json_t *seen = json_object(), *words = json_string(""), *more;

	for (size_t i = 0; i < json_array_size(cells); i++) {
		const char *image = html_member(json_array_get(cells, i),
						"image");

		if (!image[0] || json_object_get(seen, image))
			continue;
		more = json_sprintf("%s%s%s", json_string_value(words),
				    json_object_size(seen) ? ", " : "", image);
		json_decref(words);
		words = more;
		json_object_set_new(seen, image, json_true());
	}
	*n = json_object_size(seen);
	json_decref(seen);
	return words;
}

/* { why: [ cell ... ] } of those with STATUS. */
static json_t *by_reason(const json_t *cells, const char *status)
{
	json_t *reasons = json_object();

	for (size_t i = 0; i < json_array_size(cells); i++) {
		json_t *cell = json_array_get(cells, i);
		const char *why = html_member(cell, "why");

		if (!view_has_status(cell, status))
			continue;
		if (!json_object_get(reasons, why))
			json_object_set_new(reasons, why, json_array());
		json_array_append(json_object_get(reasons, why), cell);
	}
	return reasons;
}

static void add_reasons(json_t *list, const json_t *cells, const char *status,
			bool named)
{
	json_t *reasons = by_reason(cells, status), *those;
	const char *why;

	json_object_foreach(reasons, why, those)
		json_array_append_new(list, json_pack("{ss ss so}", "status",
			status, "why", why, "links", view_links(those, named)));
	json_decref(reasons);
}

/* For reasons.html: of all that were skipped, or of all that went wrong. */
static json_t *make_why(const json_t *cells, bool skipped, bool named)
{
	json_t *list = json_array();

	for (size_t i = 0; i < STATUSES; i++)
		if (strcmp(statuses[i], "PASS") &&
		    skipped == !strcmp(statuses[i], "SKIP"))
			add_reasons(list, cells, statuses[i], named);
	if (json_array_size(list))
		return json_pack("{so}", "reasons", list);
	json_decref(list);
	return NULL;
}

/* They have no path and no machine: nobody knows what they are. */
static json_t *make_missing(const json_t *cells)
{
	json_t *list = json_array(), *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		if (view_has_status(cell, "MISS"))
			json_array_append_new(list, view_cell(cell));
	if (json_array_size(list))
		return json_pack("{so}", "cells", list);
	json_decref(list);
	return NULL;
}

/* { verdict, links } of those that are not as they were. */
static json_t *make_since(const json_t *cells, bool named)
{
	static const char *const verdicts[] = {
		"worse", "slower", "better", "new",
	};
	json_t *since = json_array(), *cell;
	size_t i;

	for (size_t v = 0; v < sizeof(verdicts) / sizeof(verdicts[0]); v++) {
		json_t *those = json_array();

		json_array_foreach(cells, i, cell)
			if (!strcmp(verdicts[v], html_member(json_object_get(
					cell, "baseline"), "verdict")))
				json_array_append(those, cell);
		if (json_array_size(those))
			json_array_append_new(since, json_pack("{ss so}",
				"verdict", verdicts[v], "links",
				view_links(those, named)));
		json_decref(those);
	}
	return since;
}

static json_t *make_sections(const json_t *cells, struct view_scale scale)
{
	json_t *list = json_array(), *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		if (view_has_section(cell))
			json_array_append_new(list, view_section(cell, scale));
	return list;
}

static json_t *make_view(const json_t *matrix)
{
	const json_t *cells = json_object_get(matrix, "cells");
	json_int_t total = json_integer_value(json_object_get(matrix,
							      "total"));
	struct view_scale scale = view_scale(cells);
	size_t images;
	json_t *j = json_pack("{so so so so}",
			      "images", make_images(cells, &images),
			      "counts", make_counts(cells),
			      "grids", view_grids(cells),
			      "cells", make_sections(cells, scale));
	bool named = images > 1;

	json_object_set(j, "runs", json_object_get(matrix, "runs"));
	if (total > (json_int_t)json_array_size(cells))
		json_object_set_new(j, "part", json_integer(total));
	json_object_set_new(j, "missing", make_missing(cells));
	json_object_set_new(j, "wrong", make_why(cells, false, named));
	json_object_set_new(j, "skipped", make_why(cells, true, named));
	json_object_set_new(j, "since", make_since(cells, named));
	json_object_set_new(j, "differences", view_differences(cells, named));
	json_object_set_new(j, "cost", view_cost(cells, named));
	if (scale.end) {
		json_object_set_new(j, "step", json_sprintf("%.4f", 100.0 *
			(double)scale.step / (double)scale.end));
		json_object_set_new(j, "time", view_chart(cells, scale, named));
	}
	return j;
}

void matrixhtml_write(const json_t *matrix, FILE *out)
{
	json_t *view = make_view(matrix);

	if (template_fill("page", view, out))
		abort();
	json_decref(view);
}
