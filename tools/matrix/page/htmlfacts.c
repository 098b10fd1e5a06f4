/*
 * Facts: got beside wanted, and in both what the other has not is marked.  Only
 * a difference takes two columns, so that it is seen.
 */
#include "tools/matrix/page/htmlfacts.h"

#include <stdlib.h>
#include <string.h>

#include "tools/matrix/page/html.h"
#include "tools/matrix/page/htmldiff.h"

static bool is(const json_t *fact, const char *verdict)
{
	return !strcmp(html_member(fact, "verdict"), verdict);
}

static bool is_different(const json_t *fact)
{
	return is(fact, "differs") || is(fact, "declared");
}

static void put_head(const char *first, FILE *out)
{
	fprintf(out, "<thead><tr><th scope=\"col\">%s</th>"
		"<th scope=\"col\">got</th><th scope=\"col\">wanted</th>"
		"<th scope=\"col\"></th></tr></thead>\n", first);
}

static void put_value(const char *label, const char *text, const char *other,
		      FILE *out)
{
	fprintf(out, "<td data-label=\"%s\"><code>", label);
	htmldiff_words(text, other, out);
	fputs(text[0] ? "</code></td>" : "</code><small>(nothing)</small></td>",
	      out);
}

/* All of the row but its first column. */
static void put_fact(const json_t *fact, FILE *out)
{
	const char *got = html_member(fact, "got");
	const char *want = html_member(fact, "want");

	if (is_different(fact)) {
		put_value("got", got, want, out);
		put_value("wanted", want, got, out);
	} else {
		fputs("<td colspan=\"2\"><code>", out);
		html_text(got, out);
		fputs("</code></td>", out);
	}
	fputs("<td class=\"verdict\">", out);
	if (is(fact, "same"))
		fputs("as promised", out);
	else if (is(fact, "differs"))
		fputs("<b class=\"status FAIL\">differs</b>", out);
	else
		html_text(html_member(fact, "verdict"), out);
	if (html_member(fact, "reason")[0]) {
		fputs(" <small>", out);
		html_text(html_member(fact, "reason"), out);
		fputs("</small>", out);
	}
	fputs("</td></tr>\n", out);
}

void htmlfacts_cell(const json_t *cell, FILE *out)
{
	const json_t *facts = json_object_get(cell, "facts");

	if (!json_array_size(facts))
		return;
	fputs("<table class=\"facts\">\n", out);
	put_head("fact", out);
	for (size_t i = 0; i < json_array_size(facts); i++) {
		const json_t *fact = json_array_get(facts, i);

		fputs("<tr><th scope=\"row\">", out);
		html_text(html_member(fact, "name"), out);
		fputs("</th>", out);
		put_fact(fact, out);
	}
	fputs("</table>\n", out);
}

/* GROUP[KEY] is a list; added to it, or made. */
static void add_to(json_t *group, const char *key, json_t *item)
{
	if (!json_object_get(group, key))
		json_object_set_new(group, key, json_array());
	json_array_append_new(json_object_get(group, key), item);
}

/* { name of a fact: [ [ cell, fact ] ... ] } of those with VERDICT, added. */
static void collect(const json_t *cells, const char *verdict, json_t *groups)
{
	json_t *fact;
	size_t k;

	for (size_t i = 0; i < json_array_size(cells); i++) {
		json_t *cell = json_array_get(cells, i);

		json_array_foreach(json_object_get(cell, "facts"), k, fact)
			if (is(fact, verdict))
				add_to(groups, html_member(fact, "name"),
				       json_pack("[OO]", cell, fact));
	}
}

/* { fact: [ cell ... ] }, of one name: those that got the same. */
static json_t *by_value(const json_t *group)
{
	json_t *values = json_object(), *pair;
	size_t i;

	json_array_foreach(group, i, pair) {
		json_t *cell = json_array_get(pair, 0);
		char *key = json_dumps(json_array_get(pair, 1), 0);

		if (key)
			add_to(values, key, json_incref(cell));
		free(key);
	}
	return values;
}

static void put_group(const char *name, const json_t *group, bool named,
		      FILE *out)
{
	json_t *values = by_value(group), *cells;
	const char *key;

	fputs("<h3>", out);
	html_text(name, out);
	fputs("</h3>\n<table class=\"facts\">\n", out);
	put_head("cells", out);
	json_object_foreach(values, key, cells) {
		json_t *fact = json_loads(key, 0, NULL);

		fputs("<tr><th scope=\"row\">", out);
		html_cell_links(cells, named, out);
		fputs("</th>", out);
		put_fact(fact, out);
		json_decref(fact);
	}
	fputs("</table>\n", out);
	json_decref(values);
}

static size_t count_compared(const json_t *cells)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(cells); i++)
		n += json_array_size(json_object_get(json_array_get(cells, i),
						     "facts")) > 0;
	return n;
}

void htmlfacts_differences(const json_t *cells, bool named, FILE *out)
{
	json_t *groups = json_object(), *group;
	size_t compared = count_compared(cells);
	const char *name;

	if (compared)
		fputs("<section>\n<h2>Differences</h2>\n", out);
	collect(cells, "differs", groups);
	if (compared && !json_object_size(groups))
		fprintf(out, "<p>Kernels that started: %zu.  Each got what its "
			"image promises, but for what is declared.</p>\n",
			compared);
	collect(cells, "declared", groups);
	json_object_foreach(groups, name, group)
		put_group(name, group, named, out);
	if (compared)
		fputs("</section>\n", out);
	json_decref(groups);
}
