/*
 * Time lines.  A cell that hangs until its time is up must not press all others
 * together, so the scale is that of the cells that pass, and a line that is
 * much longer is cut and marked.
 */
#include "tools/matrix/page/htmltime.h"

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
		    (!status || !strcmp(html_status(cell), status)))
			found = all;
	}
	return found;
}

struct htmltime htmltime_scale(const json_t *cells)
{
	struct htmltime t = { 0, 0 };
	long passed = longest(cells, "PASS", LONG_MAX);
	long all = longest(cells, NULL, passed ? 2 * passed : LONG_MAX);

	if (all) {
		t.step = round_step(all);
		t.end = (all + t.step - 1) / t.step * t.step;
	}
	return t;
}

static void put_seconds(long ms, FILE *out)
{
	fprintf(out, ms < 9995 ? "%.2f\xc2\xa0s" : "%.1f\xc2\xa0s",
		(double)ms / 1000);
}

static void put_phase(const struct phase *p, FILE *out)
{
	html_text(p->name, out);
	fputs("\xc2\xa0", out);
	put_seconds(p->ms, out);
}

static double percent(long ms, struct htmltime scale)
{
	return 100.0 * (double)ms / (double)scale.end;
}

/* The line; for those who do not see it, the same in words. */
static void put_line(const struct times *t, struct htmltime scale, FILE *out)
{
	long left = scale.end;

	fprintf(out, "<span class=\"line%s\" role=\"img\" aria-label=\"",
		t->all > scale.end ? " cut" : "");
	for (unsigned i = 0; i < t->n; i++) {
		fputs(i ? ", " : "", out);
		put_phase(&t->phase[i], out);
	}
	fputs("\">", out);
	for (unsigned i = 0; i < t->n && left > 0; i++) {
		long ms = t->phase[i].ms < left ? t->phase[i].ms : left;

		fprintf(out, "<i class=\"%s\" style=\"width:%.3f%%\"></i>",
			t->phase[i].class, percent(ms, scale));
		left -= ms;
	}
	fputs("</span>", out);
}

static void put_legend(const struct times *t, FILE *out)
{
	fputs("<p class=\"legend\">", out);
	for (unsigned i = 0; i < t->n; i++) {
		fprintf(out, "<span><i class=\"%s\"></i>",
			t->phase[i].class);
		put_phase(&t->phase[i], out);
		fputs("</span> ", out);
	}
	if (t->n > 1) {
		fputs("<span>together\xc2\xa0", out);
		put_seconds(t->all, out);
		fputs("</span>", out);
	}
	fputs("</p>\n", out);
}

void htmltime_cell(const json_t *cell, struct htmltime scale, FILE *out)
{
	struct times t = times_of(cell);

	if (!t.n)
		return;
	put_line(&t, scale, out);
	put_legend(&t, out);
}

/* Which phases there are, each once, in the order of the first that has it. */
static void put_key(const json_t *cells, FILE *out)
{
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
	fputs("<p class=\"legend\">", out);
	for (unsigned i = 0; i < seen.n; i++) {
		fprintf(out, "<span><i class=\"%s\"></i>",
			seen.phase[i].class);
		html_text(seen.phase[i].name, out);
		fputs("</span> ", out);
	}
	fputs("</p>\n", out);
}

static void put_axis(struct htmltime t, FILE *out)
{
	fputs("<li class=\"axis\" aria-hidden=\"true\"><span>", out);
	for (long at = 0; at <= t.end; at += t.step)
		fprintf(out, "<b style=\"left:%.3f%%\">%g%s</b>",
			percent(at, t), (double)at / 1000,
			at == t.end ? "\xc2\xa0s" : "");
	fputs("</span></li>\n", out);
}

static void put_bar(const json_t *cell, const struct times *t,
		    struct htmltime scale, FILE *out)
{
	const char *status = html_status(cell);
	bool passed = !strcmp(status, "PASS");

	fputs("<li><span>", out);
	html_cell_link(cell, out);
	fprintf(out, "</span><span class=\"total\">%s%s", passed ? "" : status,
		passed ? "" : " ");
	put_seconds(t->all, out);
	fputs("</span>", out);
	put_line(t, scale, out);
	fputs("</li>\n", out);
}

void htmltime_chart(const json_t *cells, struct htmltime scale, bool named,
		    FILE *out)
{
	const char *image = "";

	put_key(cells, out);
	fputs("<ul class=\"chart\">\n", out);
	put_axis(scale, out);
	for (size_t i = 0; i < json_array_size(cells); i++) {
		const json_t *cell = json_array_get(cells, i);
		struct times t = times_of(cell);

		if (!t.n)
			continue;
		if (named && strcmp(html_member(cell, "image"), image)) {
			image = html_member(cell, "image");
			fputs("<li class=\"image\">", out);
			html_text(image, out);
			fputs("</li>\n", out);
		}
		put_bar(cell, &t, scale, out);
	}
	fputs("</ul>\n", out);
}
