/*
 * Time lines.  A cell that hangs until its time is up must not press all others
 * together, so the scale is that of the cells that pass, and a line that is
 * much longer is cut and marked.
 */
#include "tools/matrix/page/view.h"

#include <limits.h>
#include <string.h>

#include "tools/matrix/page/html.h"

#define PHASES_MAX 16

struct phase {
	const char *name, *class;
	long ms;
};

struct times {
	struct phase phase[PHASES_MAX];
	unsigned n;
	long all;
};

static const char *class_of(const char *name)
{
	static const char *const known[] = {
		"firmware", "loader", "kernel", "userspace",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(name, known[i]))
			return known[i];
	return "other";
}

static void add(struct times *t, const char *name, double ms)
{
	if (!(ms >= 1 && ms < 1e9) || t->n == PHASES_MAX)
		return;
	t->phase[t->n++] = (struct phase){ name, class_of(name), (long)ms };
	t->all += (long)ms;
}

/* Without phases the boot is one piece. */
static struct times times_of(const json_t *cell)
{
	const json_t *list = json_object_get(cell, "times");
	struct times t = { .n = 0 };

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		add(&t, html_member(one, "phase"),
		    json_number_value(json_object_get(one, "ms")));
	}
	if (!t.n)
		add(&t, "boot", 1000 * json_number_value(json_object_get(
			json_object_get(cell, "boot"), "seconds")));
	return t;
}

/* 1, 2 or 5 times a power of ten: at most five of them make MS. */
static long round_step(long ms)
{
	long step = 1;

	while (50 * step < ms)
		step *= 10;
	return ms <= 5 * step ? step : ms <= 10 * step ? 2 * step :
	       ms <= 25 * step ? 5 * step : 10 * step;
}

/* The longest of those that take no more than MOST. */
static long longest(const json_t *cells, const char *status, long most)
{
	long found = 0;

	for (size_t i = 0; i < json_array_size(cells); i++) {
		const json_t *cell = json_array_get(cells, i);
		long all = times_of(cell).all;

		if (all > found && all <= most &&
		    (!status || !strcmp(view_status(cell), status)))
			found = all;
	}
	return found;
}

struct view_scale view_scale(const json_t *cells)
{
	struct view_scale t = { 0, 0 };
	long passed = longest(cells, "PASS", LONG_MAX);
	long all = longest(cells, NULL, passed ? 2 * passed : LONG_MAX);

	if (all) {
		t.step = round_step(all);
		t.end = (all + t.step - 1) / t.step * t.step;
	}
	return t;
}

static json_t *seconds(long ms)
{
	return json_sprintf(ms < 9995 ? "%.2f\xc2\xa0s" : "%.1f\xc2\xa0s",
			    (double)ms / 1000);
}

/* "kernel 4.12 s" */
static json_t *phase_words(const struct phase *p)
{
	json_t *time = seconds(p->ms);
	json_t *words = json_sprintf("%s\xc2\xa0%s", p->name,
				     json_string_value(time));

	json_decref(time);
	return words;
}

static json_t *percent(long ms, struct view_scale scale)
{
	return json_sprintf("%.3f", 100.0 * (double)ms / (double)scale.end);
}

/* For line.html: the line, what its pieces are, and all of it together. */
static json_t *make_line(const struct times *t, struct view_scale scale)
{
	json_t *pieces = json_array(), *legend = json_array();
	long left = scale.end;

	for (unsigned i = 0; i < t->n; i++) {
		const struct phase *p = &t->phase[i];
		long ms = p->ms < left ? p->ms : left;

		json_array_append_new(legend, json_pack("{ss so}", "class",
			p->class, "words", phase_words(p)));
		if (ms > 0)
			json_array_append_new(pieces, json_pack("{ss so}",
				"class", p->class, "width",
				percent(ms, scale)));
		left -= ms;
	}
	return json_pack("{sb so so so}", "cut", t->all > scale.end, "pieces",
			 pieces, "legend", legend, "together",
			 t->n > 1 ? seconds(t->all) : json_null());
}

json_t *view_time(const json_t *cell, struct view_scale scale)
{
	struct times t = times_of(cell);

	return t.n ? make_line(&t, scale) : NULL;
}

/* Which phases there are, each once, in the order of the first that has it. */
static json_t *make_key(const json_t *cells)
{
	json_t *key = json_array();
	struct times seen = { .n = 0 };

	for (size_t i = 0; i < json_array_size(cells); i++) {
		struct times t = times_of(json_array_get(cells, i));

		for (unsigned k = 0; k < t.n; k++) {
			unsigned s = 0;

			while (s < seen.n && strcmp(seen.phase[s].name,
						    t.phase[k].name))
				s++;
			if (s == seen.n)
				add(&seen, t.phase[k].name, 1);
		}
	}
	for (unsigned i = 0; i < seen.n; i++)
		json_array_append_new(key, json_pack("{ss ss}", "class",
			seen.phase[i].class, "words", seen.phase[i].name));
	return key;
}

static json_t *make_axis(struct view_scale t)
{
	json_t *marks = json_array();

	for (long at = 0; at <= t.end; at += t.step)
		json_array_append_new(marks, json_pack("{so so}", "left",
			percent(at, t), "words", json_sprintf("%g%s",
			(double)at / 1000, at == t.end ? "\xc2\xa0s" : "")));
	return marks;
}

json_t *view_chart(const json_t *cells, struct view_scale scale, bool named)
{
	json_t *bars = json_array(), *cell;
	const char *image = "";
	size_t i;

	json_array_foreach(cells, i, cell) {
		struct times t = times_of(cell);
		json_t *bar;

		if (!t.n)
			continue;
		bar = view_cell(cell);
		view_head(bar, cell, named, &image);
		json_object_set_new(bar, "odd", json_boolean(
			!view_has_status(cell, "PASS")));
		json_object_set_new(bar, "all", seconds(t.all));
		json_object_set_new(bar, "line", make_line(&t, scale));
		json_array_append_new(bars, bar);
	}
	return json_pack("{so so so}", "key", make_key(cells), "axis",
			 make_axis(scale), "bars", bars);
}
