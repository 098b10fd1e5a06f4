/*
 * One cell: how it ended, its time line, its facts, its screen; then what one
 * looks at when something is wrong: the console, the machine, the records.
 */
#include "tools/matrix/page/view.h"

#include <stdlib.h>
#include <string.h>

#include "tools/matrix/page/html.h"

#define CONSOLE_BEGIN (256u << 10)	/* of a long console, this much */
#define CONSOLE_END (768u << 10)	/* and this much are shown */
#define LAST_LINES 20

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

/* How the machine ended, or NULL. */
static json_t *make_end(const json_t *cell)
{
	const json_t *boot = json_object_get(cell, "boot");
	json_int_t tries = json_integer_value(json_object_get(cell, "tries"));

	if (!boot)
		return NULL;
	return json_pack("{ss so so}", "why", html_member(boot, "why"), "after",
			 json_sprintf("%.1f\xc2\xa0s", json_number_value(
				json_object_get(boot, "seconds"))),
			 "tries", tries > 1 ? json_integer(tries) :
			 json_null());
}

/* What an earlier run had, or NULL. */
static json_t *make_baseline(const json_t *cell)
{
	const json_t *was = json_object_get(cell, "baseline");

	return was ? json_pack("{ss ss}", "verdict",
			       html_member(was, "verdict"), "status",
			       html_member(was, "status")) : NULL;
}

/* Only what is a PNG in base64 goes into an address. */
static json_t *make_screen(const json_t *cell)
{
	const char *s = html_member(cell, "screen");

	if (strncmp(s, "iVBORw0KGgo", 11) || s[strspn(s, "ABCDEFGHIJKLMNOPQRST"
	    "UVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")])
		return NULL;
	return json_string(s);
}

static json_t *plain_console(const char *s, size_t len)
{
	char *text = html_console(s, len);
	json_t *j = json_string(text);

	free(text);
	return j;
}

/* Of a cell that needs somebody: most often the cause is in there. */
static json_t *make_last_words(const json_t *cell)
{
	const char *last = last_lines(html_member(cell, "console"));

	if (!last[0] || view_has_status(cell, "PASS"))
		return NULL;
	return plain_console(last, strlen(last));
}

static json_t *make_console(const json_t *cell)
{
	const char *s = html_member(cell, "console");
	size_t len = strlen(s);
	json_t *j;

	if (!len)
		return NULL;
	j = json_pack("{sI}", "lines", (json_int_t)count_lines(s));
	if (len > CONSOLE_BEGIN + CONSOLE_END) {
		json_object_set_new(j, "begin",
				    plain_console(s, CONSOLE_BEGIN));
		s += len - CONSOLE_END;
		json_object_set_new(j, "left_out", json_integer((json_int_t)
			(len - CONSOLE_BEGIN - CONSOLE_END)));
		len = CONSOLE_END;
	}
	json_object_set_new(j, "end", plain_console(s, len));
	return j;
}

/* An option a line, as one would write it into a script. */
static json_t *make_command(const json_t *cell)
{
	const char *s = html_member(json_object_get(cell, "boot"), "command");
	json_t *lines = json_array();
	const char *next;

	for (; (next = strstr(s, " -")); s = next + 1)
		json_array_append_new(lines, json_stringn(s,
						(size_t)(next - s)));
	return json_pack("{so ss}", "lines", lines, "last", s);
}

static json_t *make_machine(const json_t *cell)
{
	const json_t *boot = json_object_get(cell, "boot");
	json_t *files = json_array(), *one;
	size_t i;

	json_array_foreach(json_object_get(boot, "firmware"), i, one)
		json_array_append_new(files, json_pack("{ss ss}", "file",
			html_member(one, "file"), "sha256",
			html_member(one, "sha256")));
	return json_pack("{so so}", "command", make_command(cell), "firmware",
			 json_array_size(files) ? json_pack("{so}", "files",
							    files) : files);
}

/* What the loader and the guest said of themselves, as they said it. */
static json_t *make_records(const json_t *cell)
{
	json_t *list = json_object_get(json_object_get(cell, "boot"),
				       "records"), *j;
	char *text = json_array_size(list) ?
		     json_dumps(list, JSON_INDENT(1)) : NULL;

	j = text ? json_string(text) : NULL;
	free(text);
	return j;
}

/* J gets KEY, of VALUE or, so that nothing further out is meant, of nothing. */
static void set(json_t *j, const char *key, json_t *value)
{
	json_object_set_new(j, key, value ? value : json_null());
}

json_t *view_section(const json_t *cell, struct view_scale scale)
{
	const json_t *boot = json_object_get(cell, "boot");
	json_t *j = view_cell(cell), *facts = view_facts(cell);

	set(j, "image", json_string(html_member(cell, "image")));
	set(j, "why", json_string(html_member(cell, "why")));
	set(j, "end", make_end(cell));
	set(j, "line", view_time(cell, scale));
	set(j, "facts", json_array_size(facts) ?
	    json_pack("{sO}", "rows", facts) : NULL);
	json_decref(facts);
	set(j, "last", make_last_words(cell));
	set(j, "screen", make_screen(cell));
	set(j, "console", make_console(cell));
	set(j, "screen_text", html_member(cell, "console")[0] ? NULL :
	    json_string(html_member(cell, "screen_text")));
	set(j, "baseline", make_baseline(cell));
	set(j, "machine", html_member(boot, "command")[0] ?
	    make_machine(cell) : NULL);
	set(j, "records", make_records(cell));
	return j;
}
