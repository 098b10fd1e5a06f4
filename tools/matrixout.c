/*
 * How a matrix is told.  Everything is made from its JSON form, so that what
 * --merge puts together is told in the same words.
 */
#include "tools/matrix.h"

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

/* The console as text: JSON takes no stray bytes of other encodings. */
static json_t *console(const struct cell *c)
{
	char *text = malloc(c->console_len);
	json_t *j;

	if (!text)
		abort();
	for (size_t i = 0; i < c->console_len; i++) {
		char byte = c->console[i];

		text[i] = byte & 0x80 ? '?' : byte;
	}
	j = json_stringn(text, c->console_len);
	free(text);
	return j;
}

json_t *matrixout_cell(const struct cell *c, unsigned number)
{
	json_t *j = json_pack("{si ss ss ss ss ss ss si}", "number",
			      (int)number, "image", c->image, "path",
			      c->path->name, "profile", c->profile->name,
			      "entry", c->entry, "status",
			      cell_status_name(c->status), "why", c->why,
			      "tries", (int)c->tries);

	if (!j)	/* a name or reason that is not UTF-8 */
		j = json_pack("{si ss ss ss}", "number", (int)number, "path",
			      c->path->name, "profile", c->profile->name,
			      "status", cell_status_name(c->status));
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
		json_object_set_new(j, "console", console(c));
	return j;
}

json_t *matrixout_json(const struct matrix *m)
{
	json_t *cells = json_array();

	for (unsigned i = 0; i < m->n; i++)
		if (matrix_is_ours(m, i))
			json_array_append_new(cells,
				matrixout_cell(&m->cell[i], i + 1));
	return json_pack("{ss si so}", "schema", MATRIX_SCHEMA, "total", (int)m->n,
			 "cells", cells);
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

	fprintf(out, "%s/%s: %s%s%s\n", get(cell, "path"),
		get(cell, "profile"), get(cell, "status"),
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

/* S for XML; control characters, which XML cannot have, as '?'. */
static void put_xml(const char *s, FILE *out)
{
	for (; *s; s++) {
		if (*s == '<')
			fputs("&lt;", out);
		else if (*s == '&')
			fputs("&amp;", out);
		else if (*s == '"')
			fputs("&quot;", out);
		else
			fputc((unsigned char)*s < ' ' && *s != '\n' ? '?' : *s,
			      out);
	}
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

void matrixout_junit(const json_t *matrix, FILE *out)
{
	json_t *cells = json_object_get(matrix, "cells"), *cell;
	size_t i;

	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"twinboot matrix\" tests=\"%zu\" "
		"failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n",
		json_array_size(cells), count(matrix, "FAIL"),
		count(matrix, "ERROR") + count(matrix, "MISS"),
		count(matrix, "SKIP"));
	json_array_foreach(cells, i, cell) {
		const char *tag = is(cell, "PASS") ? NULL :
				  is(cell, "SKIP") ? "skipped" :
				  is(cell, "FAIL") ? "failure" : "error";

		fputs("  <testcase classname=\"", out);
		put_xml(get(cell, "image"), out);
		fprintf(out, "\" name=\"%s/%s/%s\" time=\"%.3f\">",
			get(cell, "path"), get(cell, "profile"),
			get(cell, "entry"), json_real_value(json_object_get(
			json_object_get(cell, "boot"), "seconds")));
		if (tag) {
			fprintf(out, "<%s message=\"", tag);
			put_xml(get(cell, "why"), out);
			fputs("\"/>", out);
		}
		fputs("</testcase>\n", out);
	}
	fputs("</testsuite>\n", out);
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
