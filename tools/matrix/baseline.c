/*
 * Better and worse go by the status; slower by what is the same in every run of
 * the same boot, which time is not: the instructions of --count that our loader
 * took itself.
 */
#include "tools/matrix/baseline.h"

#include <stdbool.h>
#include <string.h>

#include "tools/matrix/matrix.h"
#include "tools/report.h"
#include "tools/textfile.h"

#define SLACK 100	/* a hundredth of the instructions means nothing */

static const char *get(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

json_t *baseline_read(const char *file)
{
	json_t *j = textfile_json("--baseline ", file), *cells, *cell;
	size_t i;

	if (!j)
		return NULL;
	if (strcmp(get(j, "schema"), MATRIX_SCHEMA)) {
		report_error("--baseline %s: not the JSON of a matrix", file);
		json_decref(j);
		return NULL;
	}
	cells = json_object();
	json_array_foreach(json_object_get(j, "cells"), i, cell)
		if (get(cell, "id")[0])
			json_object_set(cells, get(cell, "id"), cell);
	json_decref(j);
	return cells;
}

/* How much a status is worth. */
static int worth(const json_t *cell)
{
	return !strcmp(get(cell, "status"), "PASS") ? 2 :
	       !strcmp(get(cell, "status"), "UNCHECKED") ? 1 : 0;
}

static json_int_t instructions(const json_t *cell)
{
	return json_integer_value(json_object_get(json_object_get(cell, "cost"),
						  "tsc_own"));
}

static const char *compare(const json_t *was, const json_t *cell)
{
	json_int_t before = instructions(was), now = instructions(cell);

	if (worth(cell) != worth(was))
		return worth(cell) > worth(was) ? "better" : "worse";
	if (before <= 0 || now <= 0)
		return "same";
	if (now - before > before / SLACK)
		return "slower";
	return before - now > before / SLACK ? "better" : "same";
}

static void fail(json_t *cell, json_t *why)
{
	json_object_set_new(cell, "why", why);
	if (!strcmp(get(cell, "status"), "PASS") ||
	    !strcmp(get(cell, "status"), "UNCHECKED") ||
	    !strcmp(get(cell, "status"), "SKIP"))
		json_object_set_new(cell, "status", json_string("FAIL"));
}

void baseline_judge(const json_t *baseline, json_t *cell)
{
	const json_t *was = json_object_get(baseline, get(cell, "id"));
	const char *verdict = was ? compare(was, cell) : "new";

	if (!baseline || json_object_get(cell, "baseline"))
		return;
	json_object_set_new(cell, "baseline", json_pack("{ss ss}", "verdict",
		verdict, "status", was ? get(was, "status") : ""));
	if (!strcmp(verdict, "worse"))
		fail(cell, json_sprintf("it was %s in the baseline, now %s%s%s",
					get(was, "status"), get(cell, "status"),
					get(cell, "why")[0] ? ": " : "",
					get(cell, "why")));
	else if (!strcmp(verdict, "slower"))
		fail(cell, json_sprintf("slower than in the baseline: the "
			"loader took %" JSON_INTEGER_FORMAT " instructions, "
			"now %" JSON_INTEGER_FORMAT, instructions(was),
			instructions(cell)));
}

static bool has(const json_t *cells, const char *id)
{
	json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		if (!strcmp(get(cell, "id"), id))
			return true;
	return false;
}

void baseline_gone(const json_t *baseline, const json_t *matrix)
{
	const json_t *cells = json_object_get(matrix, "cells");
	const char *id;
	json_t *was;

	/* Others have the rest. */
	if (json_integer_value(json_object_get(matrix, "total")) !=
	    (json_int_t)json_array_size(cells))
		return;
	json_object_foreach((json_t *)baseline, id, was)
		if (!has(cells, id))
			report_note("%s: only in the baseline, where it was %s",
				    id, get(was, "status"));
}
