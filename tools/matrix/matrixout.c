/*
 * How a matrix is told.  Everything is made from its JSON form, so that what
 * --merge puts together is told in the same words.
 */
#include "tools/matrix/matrix.h"

#include <stdlib.h>
#include <string.h>

static const char *get(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static bool is(const json_t *cell, const char *status)
{
	return !strcmp(get(cell, "status"), status);
}

/* JSON takes no stray bytes of other encodings. */
static json_t *ascii(const char *s, size_t len)
{
	char *text = malloc(len + 1);
	json_t *j;

	if (!text)
		abort();
	for (size_t i = 0; i < len; i++)
		text[i] = s[i] & 0x80 ? '?' : s[i];
	j = json_stringn(text, len);
	free(text);
	return j;
}

static json_t *text(const char *s)
{
	json_t *j = json_string(s);

	return j ? j : ascii(s, strlen(s));
}

json_t *matrixout_cell(const struct cell *c, unsigned number)
{
	json_t *j = json_pack("{si ss ss ss so ss so si}", "number",
			      (int)number, "image", c->image, "path",
			      c->path->name, "profile", c->profile->name,
			      "entry", text(c->entry), "status",
			      cell_status_name(c->status), "why",
			      text(c->why), "tries", (int)c->tries);

	json_object_set_new(j, "id", json_string(c->id));
	if (c->variant->probe)
		json_object_set_new(j, "probe_init", json_true());
	if (c->result)
		json_object_set(j, "boot", c->result);
	if (c->facts)
		json_object_set(j, "facts", c->facts);
	if (c->times)
		json_object_set(j, "times", c->times);
	if (c->cost)
		json_object_set(j, "cost", c->cost);
	if (c->screen)
		json_object_set_new(j, "screen", json_string(c->screen));
	if (c->console_len)
		json_object_set_new(j, "console",
				    ascii(c->console, c->console_len));
	return j;
}

json_t *matrixout_json(const struct matrix *m)
{
	json_t *cells = json_array();

	for (unsigned i = 0; i < m->n; i++)
		if (matrix_is_ours(m, i))
			json_array_append_new(cells,
				matrixout_cell(&m->cell[i], i + 1));
	return json_pack("{ss si so}", "schema", MATRIX_SCHEMA, "total",
			 (int)m->n, "cells", cells);
}

void matrixout_tap_plan(unsigned n, FILE *out)
{
	fprintf(out, "TAP version 14\n1..%u\n", n);
}

static const json_t *record(const json_t *cell, const char *kind)
{
	const json_t *records = json_object_get(json_object_get(cell, "boot"),
						"records");
	const json_t *found = NULL;

	for (size_t i = 0; i < json_array_size(records); i++) {
		const json_t *r = json_object_get(json_array_get(records, i),
						  kind);

		found = r ? r : found;
	}
	return found;
}

void matrixout_tap(const json_t *cell, unsigned number, FILE *out)
{
	bool good = is(cell, "PASS") || is(cell, "SKIP");

	fprintf(out, "%s %u - %s/%s/%s", good ? "ok" : "not ok", number,
		get(cell, "path"), get(cell, "profile"), get(cell, "entry"));
	if (is(cell, "SKIP"))
		fprintf(out, " # SKIP %s", get(cell, "why"));
	fputc('\n', out);
	if (!good)
		fprintf(out, "  ---\n  status: %s\n  image: %s\n  why: |\n"
			"    %s\n  ...\n", get(cell, "status"),
			get(cell, "image"), get(cell, "why"));
	if (json_integer_value(json_object_get(cell, "tries")) > 1)
		fprintf(out, "# tried %lld times\n", json_integer_value(
			json_object_get(cell, "tries")));
	fflush(out);
}

static json_int_t reads(const json_t *cell)
{
	json_t *disks = json_object_get(json_object_get(cell, "boot"), "disks");

	return json_integer_value(json_object_get(json_array_get(disks, 0),
						  "reads"));
}

/* What the boot records of a cell say, a line each. */
static void print_cell(const json_t *cell, FILE *out)
{
	const json_t *loader = record(cell, "TWINBOOT");
	const json_t *user = record(cell, "USERSPACE");
	const json_t *cost = json_object_get(cell, "cost");
	const json_t *files = json_object_get(loader, "files");
	bool chosen = strcmp(get(cell, "entry"), "default");

	fprintf(out, "%s/%s%s%s: %s%s%s\n", get(cell, "path"),
		get(cell, "profile"), chosen ? "/" : "",
		chosen ? get(cell, "entry") : "", get(cell, "status"),
		get(cell, "why")[0] ? ": " : "", get(cell, "why"));
	if (loader)
		fprintf(out, "  loader         twinboot %s, entry \"%s\"\n"
			"  kernel         %s, format %s\n", get(loader, "path"),
			get(loader, "entry"),
			get(json_array_get(files, 0), "path"),
			get(loader, "format"));
	if (user)
		fprintf(out, "  command line   %s\n"
			"  root mounted   %s (%s)\n", get(user, "cmdline"),
			get(user, "root"), get(user, "fs"));
	if (cost)
		fprintf(out, "  instructions   %lld in the loader, %lld in "
			"firmware\n", json_integer_value(
			json_object_get(cost, "tsc_own")), json_integer_value(
			json_object_get(cost, "tsc_firmware")));
	if (json_object_get(cell, "boot"))
		fprintf(out, "  disk requests  %lld\n", reads(cell));
}

void matrixout_table(const json_t *matrix, FILE *out)
{
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(matrix, "cells"), i, cell)
		print_cell(cell, out);
}

static unsigned count(const json_t *matrix, const char *status)
{
	unsigned n = 0;
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(matrix, "cells"), i, cell)
		n += is(cell, status);
	return n;
}

int matrixout_status(const json_t *matrix)
{
	size_t n = json_array_size(json_object_get(matrix, "cells"));

	if (count(matrix, "ERROR") || count(matrix, "MISS"))
		return 99;
	if (count(matrix, "FAIL"))
		return 1;
	return count(matrix, "SKIP") == n ? 77 : 0;
}
