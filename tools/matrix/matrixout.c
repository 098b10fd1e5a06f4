/*
 * How a matrix is told.  Everything is made from its JSON form, so that what
 * --merge puts together is told in the same words.
 */
#include "tools/matrix/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "tools/matrix/baseline.h"
#include "tools/matrix/matrixabout.h"
#include "tools/text.h"

static const char *get(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static bool is(const json_t *cell, const char *status)
{
	return !strcmp(get(cell, "status"), status);
}

/* A console is looked at as bytes: those of other encodings are '?'. */
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

static bool is_allowed(const json_t *cell)
{
	return json_is_true(json_object_get(cell, "allowed"));
}

void matrixout_settle(json_t *cell, const struct matrixtell *t)
{
	if (t->allow_unchecked && is(cell, "UNCHECKED"))
		json_object_set_new(cell, "allowed", json_true());
	baseline_judge(t->baseline, cell);
}

json_t *matrixout_cell(const struct cell *c, unsigned number,
		       const struct matrixtell *t)
{
	json_t *j = json_pack("{si so ss ss so ss so si}", "number",
			      (int)number, "image", text_json(c->image), "path",
			      c->path->name, "profile", c->profile->name,
			      "entry", text_json(c->entry), "status",
			      cell_status_name(c->status), "why",
			      text_json(c->why), "tries", (int)c->tries);

	json_object_set_new(j, "id", json_string(c->id));
	if (c->variant->probe)
		json_object_set_new(j, "probe_init", json_true());
	if (c->evidence)
		json_object_set(j, "evidence", c->evidence);
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
	if (c->screen_text)
		json_object_set_new(j, "screen_text",
				    json_string(c->screen_text));
	if (c->console_len)
		json_object_set_new(j, "console",
				    ascii(c->console, c->console_len));
	matrixout_settle(j, t);
	return j;
}

json_t *matrixout_json(const struct matrix *m, const struct matrixtell *t)
{
	json_t *cells = json_array();

	for (unsigned i = 0; i < m->n; i++)
		if (matrix_is_ours(m, i))
			json_array_append_new(cells, matrixout_cell(
				&m->cell[i], i + 1, t));
	return json_pack("{ss s[o] si so}", "schema", MATRIX_SCHEMA, "runs",
			 matrixabout_json(cells), "total", (int)m->n, "cells",
			 cells);
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
	bool unchecked = is(cell, "UNCHECKED") && is_allowed(cell);
	bool good = is(cell, "PASS") || is(cell, "SKIP") || unchecked;

	fprintf(out, "%s %u - %s/%s/%s", good ? "ok" : "not ok", number,
		get(cell, "path"), get(cell, "profile"), get(cell, "entry"));
	if (is(cell, "SKIP"))
		fprintf(out, " # SKIP %s", get(cell, "why"));
	fputc('\n', out);
	if (unchecked)
		fprintf(out, "# UNCHECKED: %s\n", get(cell, "why"));
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

/* NAME and the member KEY of J, a line. */
static void print_member(const char *name, const json_t *j, const char *key,
			 FILE *out)
{
	fprintf(out, "  %-14s ", name);
	text_put(get(j, key), out);
}

static void print_evidence(const json_t *cell, FILE *out)
{
	const json_t *list = json_object_get(cell, "evidence"), *one;
	size_t i;

	json_array_foreach(list, i, one) {
		fprintf(out, i ? ", " : "  %-14s ", "checked by");
		text_put(json_string_value(one) ? json_string_value(one) : "",
			 out);
	}
	if (json_array_size(list))
		fputc('\n', out);
}

static void print_cost(const json_t *cell, FILE *out)
{
	const json_t *cost = json_object_get(cell, "cost");

	if (json_object_get(cost, "tsc_own"))
		fprintf(out, "  instructions   %lld in the loader, %lld in "
			"firmware\n", json_integer_value(
			json_object_get(cost, "tsc_own")), json_integer_value(
			json_object_get(cost, "tsc_firmware")));
	if (json_object_get(cell, "boot"))
		fprintf(out, "  disk requests  %lld\n", reads(cell));
}

static void print_name(const json_t *cell, FILE *out)
{
	text_put(get(cell, "path"), out);
	fputc('/', out);
	text_put(get(cell, "profile"), out);
	if (strcmp(get(cell, "entry"), "default")) {
		fputc('/', out);
		text_put(get(cell, "entry"), out);
	}
	fputs(": ", out);
	text_put(get(cell, "status"), out);
	if (get(cell, "why")[0])
		fputs(": ", out);
	text_put(get(cell, "why"), out);
	fputc('\n', out);
}

/* What the boot records of a cell say, a line each. */
static void print_cell(const json_t *cell, FILE *out)
{
	const json_t *loader = record(cell, "TWINBOOT");
	const json_t *user = record(cell, "USERSPACE");
	const json_t *files = json_object_get(loader, "files");

	print_name(cell, out);
	print_evidence(cell, out);
	if (loader) {
		print_member("loader", loader, "path", out);
		fputs(", entry \"", out);
		text_put(get(loader, "entry"), out);
		fputs("\"\n", out);
		print_member("kernel", json_array_get(files, 0), "path", out);
		fputs(", format ", out);
		text_put(get(loader, "format"), out);
		fputc('\n', out);
	}
	if (user) {
		print_member("command line", user, "cmdline", out);
		fputc('\n', out);
		print_member("root mounted", user, "root", out);
		fputs(" (", out);
		text_put(get(user, "fs"), out);
		fputs(")\n", out);
	}
	print_cost(cell, out);
}

void matrixout_table(const json_t *matrix, FILE *out)
{
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(matrix, "cells"), i, cell)
		print_cell(cell, out);
}

static size_t count(const json_t *matrix, const char *status)
{
	size_t n = 0, i;
	json_t *cell;

	json_array_foreach(json_object_get(matrix, "cells"), i, cell)
		n += is(cell, status);
	return n;
}

static size_t count_allowed(const json_t *matrix)
{
	size_t n = 0, i;
	json_t *cell;

	json_array_foreach(json_object_get(matrix, "cells"), i, cell)
		n += is(cell, "UNCHECKED") && is_allowed(cell);
	return n;
}

/* A status that we do not know is no success. */
int matrixout_status(const json_t *matrix)
{
	size_t n = json_array_size(json_object_get(matrix, "cells"));
	size_t skip = count(matrix, "SKIP"), fail = count(matrix, "FAIL");
	size_t unchecked = count(matrix, "UNCHECKED");

	if (count(matrix, "PASS") + skip + fail + unchecked != n)
		return 99;
	if (fail || unchecked > count_allowed(matrix))
		return 1;
	return skip == n ? 77 : 0;
}
