/*
 * The matrix as a page: a table of cells, then for each cell a time line, what
 * the kernel got, the screen and the console.  It has to read well on a phone
 * and on paper, so there is one column and no script.
 */
#include "tools/matrixhtml.h"

#include <string.h>

static const char style[] =
	"body{font:16px/1.4 system-ui,sans-serif;max-width:60em;"
	"margin:1em auto;padding:0 1em;color:#222;background:#fff}"
	"table{border-collapse:collapse;width:100%}"
	"td,th{border:1px solid #ccc;padding:.3em .5em;text-align:left;"
	"vertical-align:top}td{overflow-wrap:anywhere}"
	".PASS{background:#d8f0d8}.FAIL{background:#f8d0d0}"
	".ERROR,.MISS{background:#f0d0f0}.SKIP{background:#eee}"
	".line{display:flex;height:1.6em;margin:.5em 0;font-size:.8em}"
	".line span{overflow:hidden;white-space:nowrap;padding:0 .3em;"
	"color:#fff}.a{background:#456}.b{background:#27a}.c{background:#593}"
	"pre{overflow-x:auto;background:#111;color:#ddd;padding:.5em;"
	"font-size:.75em}img{max-width:100%;height:auto}"
	"section{break-inside:avoid;border-top:2px solid #ccc;margin-top:1.5em}"
	"@media print{pre{white-space:pre-wrap;background:#fff;color:#000;"
	"border:1px solid #999}details:not([open])>*{display:none}}";

static const char *get(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static void put(const char *s, FILE *out)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '<')
			fputs("&lt;", out);
		else if (c == '&')
			fputs("&amp;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else if (c >= ' ' || c == '\n' || c == '\t')
			fputc(c, out);
	}
}

static void put_row(const char *name, const char *value, FILE *out)
{
	if (!value[0])
		return;
	fprintf(out, "<tr><th>%s</th><td>", name);
	put(value, out);
	fputs("</td></tr>\n", out);
}

/* The last record of KIND, and when it came. */
static const json_t *record(const json_t *cell, const char *kind, double *sec)
{
	const json_t *list = json_object_get(json_object_get(cell, "boot"),
					     "records"), *found = NULL;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *r = json_array_get(list, i);

		if (!json_object_get(r, kind))
			continue;
		found = json_object_get(r, kind);
		*sec = (double)json_integer_value(json_object_get(r, "ms")) /
		       1000;
	}
	return found;
}

static void put_bar(const char *class, const char *name, double seconds,
		    FILE *out)
{
	if (seconds > 0)
		fprintf(out, "<span class=\"%s\" style=\"flex:%.3f\" "
			"title=\"%s\">%s %.1f s</span>", class, seconds, name,
			name, seconds);
}

static void put_times(const json_t *cell, FILE *out)
{
	double all = json_number_value(json_object_get(
		json_object_get(cell, "boot"), "seconds"));
	double loaded = 0, user = 0;

	record(cell, "TWINBOOT", &loaded);
	record(cell, "PROBE", &user);
	record(cell, "USERSPACE", &user);
	fputs("<div class=\"line\">", out);
	put_bar("a", "firmware and loader", loaded, out);
	put_bar("b", "kernel", user > loaded ? user - loaded : 0, out);
	put_bar("c", "then", all - (user > loaded ? user : loaded), out);
	fputs("</div>\n", out);
}

static void put_facts(const json_t *cell, FILE *out)
{
	double sec;
	const json_t *loader = record(cell, "TWINBOOT", &sec);
	const json_t *user = record(cell, "USERSPACE", &sec);
	const json_t *cost = json_object_get(cell, "cost");
	char text[128];

	if (!user)
		user = record(cell, "PROBE", &sec);
	fputs("<table>\n", out);
	put_row("why", get(cell, "why"), out);
	put_row("ended", get(json_object_get(cell, "boot"), "why"), out);
	put_row("entry", get(loader, "entry"), out);
	put_row("kernel", get(json_array_get(json_object_get(loader, "files"),
					     0), "path"), out);
	put_row("command line", get(user, "cmdline"), out);
	put_row("root mounted", get(user, "root"), out);
	put_row("initrd SHA-256", get(json_object_get(user, "initrd"),
				      "sha256"), out);
	snprintf(text, sizeof(text), "%lld own, %lld in firmware",
		 json_integer_value(json_object_get(cost, "tsc_own")),
		 json_integer_value(json_object_get(cost, "tsc_firmware")));
	put_row("instructions", cost ? text : "", out);
	fputs("</table>\n", out);
}

static void put_cell(const json_t *cell, FILE *out)
{
	const char *screen = get(cell, "screen");

	fprintf(out, "<section id=\"c%lld\"><h2 class=\"%s\">%s/%s/%s: %s"
		"</h2>\n", json_integer_value(json_object_get(cell, "number")),
		get(cell, "status"), get(cell, "path"), get(cell, "profile"),
		get(cell, "entry"), get(cell, "status"));
	fputs("<p>", out);
	put(get(cell, "image"), out);
	fputs("</p>\n", out);
	if (json_object_get(cell, "boot"))
		put_times(cell, out);
	put_facts(cell, out);
	if (screen[0])
		fprintf(out, "<details><summary>screen</summary><img alt="
			"\"the screen at the end\" src=\"data:image/png;base64,"
			"%s\"></details>\n", screen);
	if (get(cell, "console")[0]) {
		fputs("<details><summary>console</summary><pre>", out);
		put(get(cell, "console"), out);
		fputs("</pre></details>\n", out);
	}
	fputs("</section>\n", out);
}

void matrixhtml_write(const json_t *matrix, FILE *out)
{
	json_t *cells = json_object_get(matrix, "cells"), *cell;
	size_t i;

	fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset="
		"\"utf-8\"><meta name=\"viewport\" content=\"width="
		"device-width,initial-scale=1\"><title>Twinboot matrix</title>"
		"<style>%s</style></head><body>\n<h1>Boot matrix</h1>\n<table>"
		"<tr><th>image</th><th>path/machine/entry</th>"
		"<th>result</th></tr>\n", style);
	json_array_foreach(cells, i, cell) {
		fputs("<tr><td>", out);
		put(get(cell, "image"), out);
		fprintf(out, "</td><td>%s/%s/%s</td><td class="
			"\"%s\"><a href=\"#c%lld\">%s</a> ", get(cell, "path"),
			get(cell, "profile"), get(cell, "entry"),
			get(cell, "status"), json_integer_value(
			json_object_get(cell, "number")), get(cell, "status"));
		put(get(cell, "why"), out);
		fputs("</td></tr>\n", out);
	}
	fputs("</table>\n", out);
	json_array_foreach(cells, i, cell)
		put_cell(cell, out);
	fputs("</body></html>\n", out);
}
