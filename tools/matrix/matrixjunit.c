/*
 * The matrix as JUnit's XML: a suite for each image.  What pipelines show of a
 * case that failed is the text of its <failure> and its <system-out>, so the
 * reason and the end of the console are there.  The form is that of
 * tests/ci/junit.xsd.  libxml2 writes it; what is fit for a page is for XML.
 */
#include "tools/matrix/matrixjunit.h"

#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stdlib.h>
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

static void attribute(xmlTextWriterPtr w, const char *name, const char *value)
{
	char *text = html_visible(value);

	xmlTextWriterWriteAttribute(w, BAD_CAST name, BAD_CAST text);
	free(text);
}

static void begin(xmlTextWriterPtr w, const char *element)
{
	xmlTextWriterStartElement(w, BAD_CAST element);
}

static void put_text(xmlTextWriterPtr w, const char *s)
{
	char *text = html_visible(s);

	xmlTextWriterWriteString(w, BAD_CAST text);
	free(text);
}

static void put_console(xmlTextWriterPtr w, const char *s)
{
	char *text = html_console(s, strlen(s));

	xmlTextWriterWriteString(w, BAD_CAST text);
	free(text);
}

static void put_output(xmlTextWriterPtr w, const json_t *cell, const char *tag)
{
	json_int_t tries = json_integer_value(json_object_get(cell, "tries"));
	bool bad = tag && strcmp(tag, "skipped") != 0;
	const char *console = html_member(cell, "console");
	const char *command = html_member(json_object_get(cell, "boot"),
					  "command");

	if (tries <= 1 && !(bad && (command[0] || console[0])))
		return;
	begin(w, "system-out");
	if (tries > 1)
		xmlTextWriterWriteFormatString(w, "tried %lld times\n", tries);
	if (bad && command[0]) {
		put_text(w, command);
		put_text(w, "\n");
	}
	if (bad)
		put_console(w, tail(console));
	xmlTextWriterEndElement(w);
}

static void put_name(xmlTextWriterPtr w, const json_t *cell)
{
	json_t *name = json_sprintf("%s/%s/%s", html_member(cell, "path"),
				    html_member(cell, "profile"),
				    html_member(cell, "entry"));

	attribute(w, "name", json_string_value(name));
	json_decref(name);
}

static void put_case(xmlTextWriterPtr w, const json_t *cell)
{
	const char *tag = tag_of(cell);

	begin(w, "testcase");
	attribute(w, "classname", html_member(cell, "image"));
	put_name(w, cell);
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "time", "%.3f",
					  seconds(cell));
	if (tag) {
		begin(w, tag);
		attribute(w, "message", html_member(cell, "why"));
		attribute(w, "type", html_member(cell, "status"));
		put_text(w, html_member(cell, "why"));
		xmlTextWriterEndElement(w);
	}
	put_output(w, cell, tag);
	xmlTextWriterEndElement(w);
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

static void put_sums(xmlTextWriterPtr w, const struct sums *s)
{
	const struct {
		const char *name;
		unsigned n;
	} sums[] = {
		{ "tests", s->all }, { "failures", s->failures },
		{ "errors", s->errors }, { "skipped", s->skipped },
	};

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		xmlTextWriterWriteFormatAttribute(w, BAD_CAST sums[i].name,
						  "%u", sums[i].n);
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "time", "%.3f",
					  s->seconds);
}

static void put_property(xmlTextWriterPtr w, const char *name,
			 const char *value)
{
	begin(w, "property");
	attribute(w, "name", name);
	attribute(w, "value", value);
	xmlTextWriterEndElement(w);
}

static void put_suite(xmlTextWriterPtr w, const json_t *matrix,
		      const char *image)
{
	const json_t *cells = json_object_get(matrix, "cells");
	struct sums s = sum(cells, image);
	json_t *cell;
	size_t i;

	begin(w, "testsuite");
	attribute(w, "name", image[0] ? image : "(no shard)");
	put_sums(w, &s);
	begin(w, "properties");
	put_property(w, "image", image);
	put_property(w, "schema", html_member(matrix, "schema"));
	xmlTextWriterEndElement(w);
	json_array_foreach(cells, i, cell)
		if (!strcmp(html_member(cell, "image"), image))
			put_case(w, cell);
	xmlTextWriterEndElement(w);
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

static void put_all(xmlTextWriterPtr w, const json_t *matrix)
{
	const json_t *cells = json_object_get(matrix, "cells");
	struct sums all = sum(cells, NULL);

	xmlTextWriterSetIndent(w, 1);
	xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL);
	begin(w, "testsuites");
	attribute(w, "name", "twinboot matrix");
	put_sums(w, &all);
	for (size_t i = 0; i < json_array_size(cells); i++)
		if (is_first(cells, i))
			put_suite(w, matrix, html_member(
				json_array_get(cells, i), "image"));
	xmlTextWriterEndDocument(w);
}

void matrixjunit_write(const json_t *matrix, FILE *out)
{
	xmlBufferPtr text = xmlBufferCreate();
	xmlTextWriterPtr w = text ? xmlNewTextWriterMemory(text, 0) : NULL;

	if (!w)
		abort();
	put_all(w, matrix);
	xmlFreeTextWriter(w);
	fwrite(xmlBufferContent(text), 1, (size_t)xmlBufferLength(text), out);
	xmlBufferFree(text);
}
