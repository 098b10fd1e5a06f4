/* What several parts of the page say of a cell: its names, its state, links. */
#include "tools/matrix/page/view.h"

#include <string.h>

#include "tools/matrix/page/html.h"

const char *view_status(const json_t *cell)
{
	static const char *const words[] = {
		"PASS", "UNCHECKED", "FAIL", "SKIP", "ERROR", "MISS",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(html_member(cell, "status"), words[i]))
			return words[i];
	return "UNKNOWN";
}

bool view_has_status(const json_t *cell, const char *status)
{
	return !strcmp(view_status(cell), status);
}

bool view_has_section(const json_t *cell)
{
	return view_has_status(cell, "PASS") ||
	       json_object_get(cell, "boot") ||
	       json_object_get(cell, "facts") ||
	       html_member(cell, "console")[0] ||
	       html_member(cell, "screen")[0];
}

json_t *view_cell(const json_t *cell)
{
	bool missing = view_has_status(cell, "MISS");
	json_t *names = json_pack("{ss ss ss}",
				  "path", html_member(cell, "path"),
				  "profile", html_member(cell, "profile"),
				  "entry", html_member(cell, "entry"));
	json_t *j = json_pack("{ss sI sb sO}", "status", view_status(cell),
			      "number", json_integer_value(
				json_object_get(cell, "number")),
			      "nameless", missing, "names",
			      missing ? json_null() : names);

	json_decref(names);
	return j;
}

void view_head(json_t *j, const json_t *cell, bool named, const char **image)
{
	const char *own = html_member(cell, "image");

	if (named && strcmp(own, *image) != 0)
		json_object_set_new(j, "head", json_string(own));
	else
		json_object_set_new(j, "head", json_null());
	*image = own;
}

json_t *view_links(const json_t *cells, bool named)
{
	json_t *links = json_array(), *cell;
	const char *image = "";
	size_t i;

	json_array_foreach(cells, i, cell) {
		json_t *j = view_cell(cell);

		view_head(j, cell, named, &image);
		json_object_set_new(j, "elsewhere",
				    json_boolean(view_has_section(cell)));
		json_array_append_new(links, j);
	}
	return links;
}

json_t *view_number(json_int_t n)
{
	char digits[32], text[64], *to = text;
	int len = snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT, n);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
			to = stpcpy(to, "\xc2\xa0");
		*to++ = digits[i];
	}
	*to = 0;
	return json_string(text);
}
