/*
 * Facts: got beside wanted, and in both what the other has not is marked.  Only
 * a difference takes two columns, so that it is seen.
 */
#include "tools/matrix/page/view.h"

#include <stdlib.h>
#include <string.h>

#include "tools/matrix/page/html.h"

static bool is(const json_t *fact, const char *verdict)
{
	return !strcmp(html_member(fact, "verdict"), verdict);
}

static bool is_different(const json_t *fact)
{
	return is(fact, "differs") || is(fact, "declared");
}

/* For fact.html, all of the row but its first column. */
static json_t *make_fact(const json_t *fact)
{
	const char *got = html_member(fact, "got");
	const char *want = html_member(fact, "want");
	json_t *j = json_pack("{ss ss ss}", "got", got,
			      "reason", html_member(fact, "reason"),
			      "verdict", is(fact, "same") ? "as promised" :
			      html_member(fact, "verdict"));

	if (is_different(fact))
		json_object_set_new(j, "different", json_pack(
			"[{ss so} {ss so}]",
			"label", "got", "words", view_words(got, want),
			"label", "wanted", "words", view_words(want, got)));
	json_object_set_new(j, "differs", json_boolean(is(fact, "differs")));
	return j;
}

json_t *view_facts(const json_t *cell)
{
	json_t *facts = json_array(), *fact;
	size_t i;

	json_array_foreach(json_object_get(cell, "facts"), i, fact) {
		json_t *j = make_fact(fact);

		json_object_set_new(j, "name", json_string(html_member(fact,
								"name")));
		json_array_append_new(facts, j);
	}
	return facts;
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

static json_t *make_group(const char *name, const json_t *group, bool named)
{
	json_t *values = by_value(group), *rows = json_array(), *cells;
	const char *key;

	json_object_foreach(values, key, cells) {
		json_t *fact = json_loads(key, 0, NULL);
		json_t *row = make_fact(fact);

		json_object_set_new(row, "links", view_links(cells, named));
		json_array_append_new(rows, row);
		json_decref(fact);
	}
	json_decref(values);
	return json_pack("{ss so}", "name", name, "rows", rows);
}

static size_t count_compared(const json_t *cells)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(cells); i++)
		n += json_array_size(json_object_get(json_array_get(cells, i),
						     "facts")) > 0;
	return n;
}

json_t *view_differences(const json_t *cells, bool named)
{
	json_t *groups = json_object(), *list = json_array(), *group;
	size_t compared = count_compared(cells);
	const char *name;
	bool none;

	collect(cells, "differs", groups);
	none = !json_object_size(groups);
	collect(cells, "declared", groups);
	json_object_foreach(groups, name, group)
		json_array_append_new(list, make_group(name, group, named));
	json_decref(groups);
	if (compared)
		return json_pack("{sb sI so}", "none", none, "compared",
				 (json_int_t)compared, "groups", list);
	json_decref(list);
	return NULL;
}
