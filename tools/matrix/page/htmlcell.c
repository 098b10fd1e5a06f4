/*
 * One cell: how it ended, its time line, its facts, its screen; then what one
 * looks at when something is wrong: the console, the machine, the records.
 */
#include "tools/matrix/page/htmlcell.h"

#include <stdlib.h>
#include <string.h>

#include "tools/matrix/page/html.h"
#include "tools/matrix/page/htmlfacts.h"

#define CONSOLE_BEGIN (256u << 10)	/* of a long console, this much */
#define CONSOLE_END (768u << 10)	/* and this much are shown */
#define LAST_LINES 20

static void put_head(const json_t *cell, FILE *out)
{
	fprintf(out, "<section class=\"cell\" id=\"c%" JSON_INTEGER_FORMAT
		"\">\n<h2><span class=\"status %s\">%s</span> ",
		html_cell_id(cell), html_status(cell), html_status(cell));
	html_cell_name(cell, out);
	fputs("</h2>\n<p class=\"of\">", out);
	html_text(html_member(cell, "image"), out);
	fputs("</p>\n", out);
}

/* Why it has its status, and how the machine ended. */
static void put_end(const json_t *cell, FILE *out)
{
	const json_t *boot = json_object_get(cell, "boot");
	json_int_t tries = json_integer_value(json_object_get(cell, "tries"));

	if (html_member(cell, "why")[0]) {
		fputs("<p class=\"why\">", out);
		html_text(html_member(cell, "why"), out);
		fputs("</p>\n", out);
	}
	if (!boot)
		return;
	fputs("<p>", out);
	html_text(html_member(boot, "why"), out);
	fprintf(out, " after %.1f\xc2\xa0s", json_number_value(
		json_object_get(boot, "seconds")));
	if (tries > 1)
		fprintf(out, "; tried %" JSON_INTEGER_FORMAT " times", tries);
	fputs("</p>\n", out);
}

/* Only what is a PNG in base64 goes into an address. */
static void put_screen(const json_t *cell, FILE *out)
{
	const char *s = html_member(cell, "screen");

	if (strncmp(s, "iVBORw0KGgo", 11) || s[strspn(s, "ABCDEFGHIJKLMNOPQRST"
	    "UVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")])
		return;
	fputs("<figure><figcaption>VGA screen at the end</figcaption>"
	      "<img alt=\"the VGA screen at the end of ", out);
	html_text(html_member(cell, "path"), out);
	fprintf(out, "\" src=\"data:image/png;base64,%s\"/></figure>\n", s);
}

/* Where the last LAST_LINES lines of S begin. */
static const char *last_lines(const char *s)
{
	const char *p = s + strlen(s);
	unsigned n = 0;

	while (p > s && (p[-1] == '\n' || p[-1] == '\r' || p[-1] == ' '))
		p--;
	while (p > s && p + 4096 > s + strlen(s) &&
	       (p[-1] != '\n' || ++n < LAST_LINES))
		p--;
	return p;
}

static size_t count_lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n' || !s[1];
	return n;
}

static void put_whole_console(const char *s, FILE *out)
{
	size_t len = strlen(s);

	if (len <= CONSOLE_BEGIN + CONSOLE_END) {
		html_console(s, len, out);
		return;
	}
	html_console(s, CONSOLE_BEGIN, out);
	fprintf(out, "\n<b>[ %zu bytes are left out here; the JSON form has "
		"them ]</b>\n", len - CONSOLE_BEGIN - CONSOLE_END);
	html_console(s + len - CONSOLE_END, CONSOLE_END, out);
}

/* Of a cell that needs somebody: most often the cause is in there. */
static void put_last_words(const json_t *cell, FILE *out)
{
	const char *last = last_lines(html_member(cell, "console"));

	if (!last[0] || !strcmp(html_status(cell), "PASS"))
		return;
	fputs("<h3>Last words</h3>\n<pre class=\"words\">", out);
	html_console(last, strlen(last), out);
	fputs("</pre>\n", out);
}

static void put_console(const json_t *cell, FILE *out)
{
	const char *s = html_member(cell, "console");

	if (!s[0])
		return;
	fprintf(out, "<details><summary>Console, %zu lines</summary>\n<pre>",
		count_lines(s));
	put_whole_console(s, out);
	fputs("</pre></details>\n", out);
}

/* An option a line, as one would write it into a script. */
static void put_command(const char *s, FILE *out)
{
	const char *next;

	fputs("<pre class=\"command\">", out);
	for (; (next = strstr(s, " -")); s = next + 1) {
		html_bytes(s, (size_t)(next - s), out);
		fputs(" \\\n  ", out);
	}
	html_text(s, out);
	fputs("</pre>\n", out);
}

static void put_firmware(const json_t *list, FILE *out)
{
	if (!json_array_size(list))
		return;
	fputs("<table class=\"files\"><thead><tr><th scope=\"col\">firmware"
	      "</th><th scope=\"col\">SHA-256</th></tr></thead>\n", out);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		fputs("<tr><th scope=\"row\"><code>", out);
		html_text(html_member(one, "file"), out);
		fputs("</code></th><td><code>", out);
		html_text(html_member(one, "sha256"), out);
		fputs("</code></td></tr>\n", out);
	}
	fputs("</table>\n", out);
}

static void put_machine(const json_t *cell, FILE *out)
{
	const json_t *boot = json_object_get(cell, "boot");

	if (!html_member(boot, "command")[0])
		return;
	fputs("<details class=\"print\"><summary>QEMU command line and firmware"
	      "</summary>\n", out);
	put_command(html_member(boot, "command"), out);
	put_firmware(json_object_get(boot, "firmware"), out);
	fputs("</details>\n", out);
}

/* What the loader and the guest said of themselves, as they said it. */
static void put_records(const json_t *cell, FILE *out)
{
	json_t *list = json_object_get(json_object_get(cell, "boot"),
				       "records");
	char *text = json_array_size(list) ?
		     json_dumps(list, JSON_INDENT(1)) : NULL;

	if (!text)
		return;
	fputs("<details class=\"records\"><summary>Boot "
	      "records</summary>\n<pre>",
	      out);
	html_text(text, out);
	fputs("</pre></details>\n", out);
	free(text);
}

void htmlcell_put(const json_t *cell, struct htmltime scale, FILE *out)
{
	put_head(cell, out);
	put_end(cell, out);
	htmltime_cell(cell, scale, out);
	htmlfacts_cell(cell, out);
	put_last_words(cell, out);
	put_screen(cell, out);
	put_console(cell, out);
	put_machine(cell, out);
	put_records(cell, out);
	fputs("</section>\n", out);
}
