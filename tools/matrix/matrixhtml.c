/*
 * The matrix as a page: first what everybody wants to know (which cells, what
 * failed and why), then what can be compared, then each cell by itself.  It has
 * to read well on a phone and on paper, so there is one column and no script.
 * It is well-formed XML, too, so that tests can take it apart.
 */
#include "tools/matrix/matrixhtml.h"

#include <string.h>

#include "tools/matrix/page/html.h"
#include "tools/matrix/page/htmlcell.h"
#include "tools/matrix/page/htmlcost.h"
#include "tools/matrix/page/htmlfacts.h"
#include "tools/matrix/page/htmlgrid.h"
#include "tools/matrix/page/htmlstyle.h"

/* In this order: what needs somebody first. */
static const char *const statuses[] = {
	"FAIL", "ERROR", "MISS", "UNKNOWN", "UNCHECKED", "PASS", "SKIP",
};

#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))

static bool is(const json_t *cell, const char *status)
{
	return !strcmp(html_status(cell), status);
}

static size_t count(const json_t *cells, const char *status)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(cells); i++)
		n += is(json_array_get(cells, i), status);
	return n;
}

/* The images of all cells, each once; how many. */
static size_t put_images(const json_t *cells, FILE *out)
{
	json_t *seen = json_object();
	size_t n;

	for (size_t i = 0; i < json_array_size(cells); i++) {
		const char *image = html_member(json_array_get(cells, i),
						"image");

		if (!image[0] || json_object_get(seen, image))
			continue;
		if (out) {
			fputs(json_object_size(seen) ? ", " : "", out);
			html_text(image, out);
		}
		json_object_set_new(seen, image, json_true());
	}
	n = json_object_size(seen);
	json_decref(seen);
	return n;
}

/* The policy: even if markup got in, nothing would run or be fetched. */
static void put_head(const json_t *cells, struct htmltime scale, FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content="
	      "\"width=device-width,initial-scale=1\"/>\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content="
	      "\"default-src 'none'; img-src data:; "
	      "style-src 'unsafe-inline'\"/>\n"
	      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
	      "<link rel=\"icon\" href=\"data:,\"/>\n<title>", out);
	for (size_t i = 0; i < STATUSES; i++)
		if (count(cells, statuses[i]))
			fprintf(out, "%zu %s, ", count(cells, statuses[i]),
				statuses[i]);
	put_images(cells, out);
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n", htmlstyle);
	if (scale.end)
		fprintf(out, "<body style=\"--step:%.4f%%\">\n",
			100.0 * (double)scale.step / (double)scale.end);
	else
		fputs("<body>\n", out);
}

static void put_summary(const json_t *matrix, FILE *out)
{
	const json_t *cells = json_object_get(matrix, "cells");
	json_int_t total = json_integer_value(json_object_get(matrix,
							      "total"));

	fputs("<header id=\"top\">\n<h1>Boot matrix</h1>\n<p class=\"of\">",
	      out);
	put_images(cells, out);
	fputs("</p>\n<p class=\"counts\">", out);
	for (size_t i = 0; i < STATUSES; i++)
		if (count(cells, statuses[i]))
			fprintf(out, "<span class=\"status %s\">%zu "
				"<b>%s</b></span> ", statuses[i],
				count(cells, statuses[i]), statuses[i]);
	if (total > (json_int_t)json_array_size(cells))
		fprintf(out, "<span>a part of %" JSON_INTEGER_FORMAT
			" cells</span>", total);
	fputs("</p>\n</header>\n", out);
}

/* { why: [ cell ... ] } of those with STATUS. */
static json_t *by_reason(const json_t *cells, const char *status)
{
	json_t *reasons = json_object();

	for (size_t i = 0; i < json_array_size(cells); i++) {
		json_t *cell = json_array_get(cells, i);
		const char *why = html_member(cell, "why");

		if (!is(cell, status))
			continue;
		if (!json_object_get(reasons, why))
			json_object_set_new(reasons, why, json_array());
		json_array_append(json_object_get(reasons, why), cell);
	}
	return reasons;
}

static void put_reasons(const json_t *cells, const char *status, bool named,
			FILE *out)
{
	json_t *reasons = by_reason(cells, status), *list;
	const char *why;

	json_object_foreach(reasons, why, list) {
		fprintf(out, "<li><span class=\"status %s\">%s</span> <div>\n",
			status, status);
		html_cell_links(list, named, out);
		fputs("<p>", out);
		html_text(why, out);
		fputs("</p></div></li>\n", out);
	}
	json_decref(reasons);
}

/* A heading and the reasons of all that have one of the statuses. */
static void put_why(const json_t *cells, bool skipped, bool named, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < STATUSES; i++) {
		if (!strcmp(statuses[i], "PASS") || skipped !=
		    !strcmp(statuses[i], "SKIP") || !count(cells, statuses[i]))
			continue;
		if (!n++)
			fprintf(out, "<section>\n<h2>%s</h2>\n<ul class="
				"\"reasons\">\n", skipped ? "Skipped" :
				"What is wrong");
		put_reasons(cells, statuses[i], named, out);
	}
	if (n)
		fputs("</ul>\n</section>\n", out);
}

void matrixhtml_write(const json_t *matrix, FILE *out)
{
	const json_t *cells = json_object_get(matrix, "cells");
	struct htmltime scale = htmltime_scale(cells);
	bool named = put_images(cells, NULL) > 1;

	put_head(cells, scale, out);
	put_summary(matrix, out);
	fputs("<main>\n<section>\n", out);
	htmlgrid_put(cells, out);
	fputs("</section>\n", out);
	put_why(cells, false, named, out);
	htmlfacts_differences(cells, named, out);
	if (scale.end) {
		fputs("<section>\n<h2>Time</h2>\n", out);
		htmltime_chart(cells, scale, named, out);
		fputs("</section>\n", out);
	}
	htmlcost_put(cells, named, out);
	put_why(cells, true, named, out);
	for (size_t i = 0; i < json_array_size(cells); i++) {
		const json_t *cell = json_array_get(cells, i);

		if (html_cell_has_section(cell))
			htmlcell_put(cell, scale, out);
	}
	fputs("</main>\n</body>\n</html>\n", out);
}
