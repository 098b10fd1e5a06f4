/*
 * Shards that ran elsewhere are put together.  They come from files, and any
 * member may be missing or odd; a cell that no shard has is MISS.
 */
#include <string.h>

#include "tools/matrix/observed.h"
#include "tools/matrix/matrix.h"
#include "tools/report.h"

#define CELLS_MAX 4096

struct merge {
	json_t *cell[CELLS_MAX];	/* NULL: in no shard */
	int total;
};

/* 0, or -1 with an error reported. */
static int take_part(struct merge *m, const char *file)
{
	json_t *j = json_load_file(file, 0, NULL), *one;
	json_int_t total = json_integer_value(json_object_get(j, "total"));
	size_t k;

	if (total < 1 || total > CELLS_MAX || (m->total && total != m->total)) {
		json_decref(j);
		return report_error("%s: not a part of this matrix", file);
	}
	m->total = (int)total;
	json_array_foreach(json_object_get(j, "cells"), k, one) {
		json_int_t at = json_integer_value(json_object_get(one,
								   "number"));

		if (at < 1 || at > total)
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
	if (!status || strcmp(status, "PASS") || !observed_difference(facts))
		return;
	observed_why(observed_difference(facts), why, sizeof(why));
	json_object_set_new(cell, "status", json_string("FAIL"));
	json_object_set_new(cell, "why", json_string(why));
}

int matrixmerge_run(const struct matrixtell *t, int n, char **files)
{
	static struct merge m;
	json_t *cells = json_array(), *all;
	int status;

	for (int i = 0; i < n; i++)
		if (take_part(&m, files[i]))
			return 99;
	if (!t->table)
		matrixout_tap_plan((unsigned)m.total, stdout);
	for (int i = 0; i < m.total; i++) {
		if (!m.cell[i])
			m.cell[i] = json_pack("{si ss ss ss ss ss}", "number",
				i + 1, "path", "?", "profile", "?", "entry",
				"?", "status", "MISS", "why",
				"no shard has this cell");
		agree(&m, i);
		matrixtell_cell(t, m.cell[i], (unsigned)i + 1);
		json_array_append_new(cells, m.cell[i]);
	}
	all = json_pack("{ss si so}", "schema", MATRIX_SCHEMA, "total", m.total,
			"cells", cells);
	status = matrixtell_all(all, t);
	json_decref(all);
	return status;
}
