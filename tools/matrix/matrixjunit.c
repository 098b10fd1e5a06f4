/*
 * The matrix as JUnit's XML: a suite for each image.  What pipelines show of a
 * case that failed is the text of its <failure> and its <system-out>, so the
 * reason and the end of the console are there.  The form is that of
 * tests/ci/junit.xsd.  What is fit for a page is fit for XML.
 */
#include "tools/matrix/matrixjunit.h"

#include <stdbool.h>
#include <string.h>

#include "tools/matrix/page/html.h"

#define TAIL_BYTES 8192u	/* of a console */

static bool is(const json_t *cell, const char *status)
{
	return !strcmp(html_member(cell, "status"), status);
}

/* The element for the status of CELL; NULL: nothing does. */
static const char *tag_of(const json_t *cell)
{
	if (is(cell, "PASS"))
		return NULL;
	if (is(cell, "SKIP") || (is(cell, "UNCHECKED") && json_is_true(
				 json_object_get(cell, "allowed"))))
		return "skipped";
	return is(cell, "FAIL") || is(cell, "UNCHECKED") ? "failure" : "error";
}

/* What a shard says may be any number: those of no boot are 0. */
static double seconds(const json_t *cell)
{
	double s = json_number_value(json_object_get(
		json_object_get(cell, "boot"), "seconds"));

	return s >= 0 && s < 1e7 ? s : 0;
}

/* The last lines of a console. */
static const char *tail(const char *text)
{
	size_t len = strlen(text);
	const char *line;

	if (len <= TAIL_BYTES)
		return text;
	text += len - TAIL_BYTES;
	line = strchr(text, '\n');
	if (line && line[1])
		return line + 1;
	while ((*text & 0xc0) == 0x80)	/* within a UTF-8 character */
		text++;
	return text;
}

static void put_output(const json_t *cell, const char *tag, FILE *out)
{
	json_int_t tries = json_integer_value(json_object_get(cell, "tries"));
	bool bad = tag && strcmp(tag, "skipped") != 0;
	const char *console = html_member(cell, "console");
	const char *command = html_member(json_object_get(cell, "boot"),
					  "command");

	if (tries <= 1 && !(bad && (command[0] || console[0])))
		return;
	fputs("<system-out>", out);
	if (tries > 1)
		fprintf(out, "tried %lld times\n", tries);
	if (bad && command[0]) {
		html_text(command, out);
		fputc('\n', out);
	}
	if (bad) {
		console = tail(console);
		html_console(console, strlen(console), out);
	}
	fputs("</system-out>", out);
}

static void put_case(const json_t *cell, FILE *out)
{
	const char *tag = tag_of(cell);

	fputs("    <testcase classname=\"", out);
	html_text(html_member(cell, "image"), out);
	fputs("\" name=\"", out);
	html_text(html_member(cell, "path"), out);
	fputc('/', out);
	html_text(html_member(cell, "profile"), out);
	fputc('/', out);
	html_text(html_member(cell, "entry"), out);
	fprintf(out, "\" time=\"%.3f\">", seconds(cell));
	if (tag) {
		fprintf(out, "<%s message=\"", tag);
		html_text(html_member(cell, "why"), out);
		fputs("\" type=\"", out);
		html_text(html_member(cell, "status"), out);
		fputs("\">", out);
		html_text(html_member(cell, "why"), out);
		fprintf(out, "</%s>", tag);
	}
	put_output(cell, tag, out);
	fputs("</testcase>\n", out);
}

struct sums {
	unsigned all, failures, errors, skipped;
	double seconds;
};

/* Of the cells of IMAGE, NULL: of all. */
static struct sums sum(const json_t *cells, const char *image)
{
	struct sums s = { 0 };
	json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell) {
		const char *tag = tag_of(cell);

		if (image && strcmp(html_member(cell, "image"), image) != 0)
			continue;
		s.all++;
		s.failures += tag && !strcmp(tag, "failure");
		s.errors += tag && !strcmp(tag, "error");
		s.skipped += tag && !strcmp(tag, "skipped");
		s.seconds += seconds(cell);
	}
	return s;
}

static void put_sums(const struct sums *s, FILE *out)
{
	fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" "
		"skipped=\"%u\" time=\"%.3f\"", s->all, s->failures, s->errors,
		s->skipped, s->seconds);
}

static void put_suite(const json_t *matrix, const char *image, FILE *out)
{
	const json_t *cells = json_object_get(matrix, "cells");
	struct sums s = sum(cells, image);
	json_t *cell;
	size_t i;

	fputs("  <testsuite name=\"", out);
	html_text(image[0] ? image : "(no shard)", out);
	fputc('"', out);
	put_sums(&s, out);
	fputs(">\n    <properties>\n      <property name=\"image\" value=\"",
	      out);
	html_text(image, out);
	fputs("\"/>\n      <property name=\"schema\" value=\"", out);
	html_text(html_member(matrix, "schema"), out);
	fputs("\"/>\n    </properties>\n", out);
	json_array_foreach(cells, i, cell)
		if (!strcmp(html_member(cell, "image"), image))
			put_case(cell, out);
	fputs("  </testsuite>\n", out);
}

/* Whether cell N is the first of its image. */
static bool is_first(const json_t *cells, size_t n)
{
	const char *image = html_member(json_array_get(cells, n), "image");
	json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		if (!strcmp(html_member(cell, "image"), image))
			return i == n;
	return false;
}

void matrixjunit_write(const json_t *matrix, FILE *out)
{
	const json_t *cells = json_object_get(matrix, "cells");
	struct sums all = sum(cells, NULL);

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	      "<testsuites name=\"twinboot matrix\"", out);
	put_sums(&all, out);
	fputs(">\n", out);
	for (size_t i = 0; i < json_array_size(cells); i++)
		if (is_first(cells, i))
			put_suite(matrix, html_member(json_array_get(cells, i),
					      "image"), out);
	fputs("</testsuites>\n", out);
}
