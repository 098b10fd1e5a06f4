/*
 * Shards that ran elsewhere are put together.  They come from files, and any
 * member may be missing or odd; a cell that no shard has is MISS.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/matrix/observed.h"
#include "tools/matrix/matrix.h"
#include "tools/report.h"
#include "tools/textfile.h"

#define CELLS_MAX 4096

struct merge {
	json_t *cell[CELLS_MAX];	/* NULL: in no shard */
	json_t *runs;			/* of all parts */
	int total;
};

/* 0, or -1 with an error reported. */
static int take_part(struct merge *m, const char *file)
{
	json_t *j = textfile_json("", file), *one;
	json_int_t total = json_integer_value(json_object_get(j, "total"));
	size_t k;

	if (!j)
		return -1;
	if (total < 1 || total > CELLS_MAX || (m->total && total != m->total)) {
		json_decref(j);
		return report_error("%s: not a part of this matrix", file);
	}
	m->total = (int)total;
	json_array_extend(m->runs, json_object_get(j, "runs"));
	json_array_foreach(json_object_get(j, "cells"), k, one) {
		json_int_t at = json_integer_value(json_object_get(one,
								   "number"));

		if (!json_is_object(one) || at < 1 || at > total)
			continue;
		json_decref(m->cell[at - 1]);
		m->cell[at - 1] = json_incref(one);
	}
	json_decref(j);
	return 0;
}

static bool same(const json_t *a, const json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key));
}

/* What cells of one shard could not hold against those of another. */
static void agree(struct merge *m, int at)
{
	json_t *cell = m->cell[at], *facts = json_object_get(cell, "facts");
	const char *status = json_string_value(json_object_get(cell,
							       "status"));
	char why[256];

	for (int i = 0; i < at; i++)
		if (same(cell, m->cell[i], "image") &&
		    same(cell, m->cell[i], "entry"))
			observed_agree(facts,
				       json_object_get(m->cell[i], "facts"),
				    NULL, "");
	if (!status ||
	    (strcmp(status, "PASS") && strcmp(status, "UNCHECKED")) ||
	    !observed_difference(facts))
		return;
	observed_why(observed_difference(facts), why, sizeof(why));
	json_object_set_new(cell, "status", json_string("FAIL"));
	json_object_set_new(cell, "why", json_string(why));
}

static bool is_status(const char *s)
{
	for (int i = CELL_PASS; s && i <= CELL_MISS; i++)
		if (!strcmp(cell_status_name((enum cell_status)i), s))
			return true;
	return false;
}

/* A cell with a status that is none has been lost on its way to us. */
static void check_status(json_t *cell)
{
	json_t *status = json_object_get(cell, "status");
	char *text;

	if (is_status(json_string_value(status)))
		return;
	text = status ? json_dumps(status, JSON_ENCODE_ANY) : NULL;
	json_object_set_new(cell, "why", text ? json_sprintf(
		"the shard has the status %.80s, which is none", text) :
		json_string("the shard has no status"));
	json_object_set_new(cell, "status", json_string("ERROR"));
	free(text);
}

static void take_cell(struct merge *m, int at)
{
	if (!m->cell[at])
		m->cell[at] = json_pack("{si ss ss ss ss ss}", "number",
			at + 1, "path", "?", "profile", "?", "entry", "?",
			"status", "MISS", "why", "no shard has this cell");
	check_status(m->cell[at]);
	agree(m, at);
}

static int tell(struct merge *m, const struct matrixtell *t)
{
	json_t *cells = json_array(), *all;
	int status;

	if (!t->table)
		matrixout_tap_plan((unsigned)m->total, stdout);
	for (int i = 0; i < m->total; i++) {
		take_cell(m, i);
		matrixout_settle(m->cell[i], t);
		matrixtell_cell(t, m->cell[i], (unsigned)i + 1);
		json_array_append(cells, m->cell[i]);
	}
	all = json_pack("{ss sO si so}", "schema", MATRIX_SCHEMA, "runs",
			m->runs, "total", m->total, "cells", cells);
	status = matrixtell_all(all, t);
	json_decref(all);
	return status;
}

int matrixmerge_run(const struct matrixtell *t, int n, char **files)
{
	struct merge *m = calloc(1, sizeof(*m));
	int status = 0;

	if (!m)
		abort();
	m->runs = json_array();
	for (int i = 0; i < n && !status; i++)
		status = take_part(m, files[i]) ? 1 : 0;
	if (!status)
		status = tell(m, t);
	for (int i = 0; i < m->total; i++)
		json_decref(m->cell[i]);
	json_decref(m->runs);
	free(m);
	return status;
}
