/*
 * Filling a template.  It comes with the program, what it is filled from may
 * hold anything: all of it goes through html_text(), so it cannot make a tag of
 * either kind.
 */
#include "tools/matrix/page/template.h"

#include <stdbool.h>
#include <string.h>

#include "tools/matrix/page/html.h"
#include "tools/matrix/page/templates.h"

#define DEPTH_MAX 24

/* What names mean: the innermost value, then those around it. */
struct scope {
	json_t *value;
	const struct scope *outer;
	unsigned depth;
};

struct tag {
	const char *start, *end;	/* with its braces, or with its line */
	char kind;			/* one of "#^/>", 0: a variable */
	const char *name;
	size_t len;
};

/* A part of a template: TEXT up to END; the whole of it begins with BEGIN. */
struct part {
	const char *begin, *text, *end;
};

static int fill(struct part p, const struct scope *s, FILE *out);

/* A tag that is all of its line takes the line with it. */
static void take_line(struct tag *t, const char *text)
{
	const char *from = t->start, *to = t->end;

	while (from > text && (from[-1] == ' ' || from[-1] == '\t'))
		from--;
	if ((from == text || from[-1] == '\n') && *to == '\n') {
		t->start = from;
		t->end = to + 1;
	}
}

/* The first tag of P. */
static bool next(struct tag *t, struct part p)
{
	const char *close;

	t->start = memmem(p.text, (size_t)(p.end - p.text), "{{", 2);
	if (!t->start)
		return false;
	close = memmem(t->start, (size_t)(p.end - t->start), "}}", 2);
	if (!close)
		return false;
	t->name = t->start + 2;
	t->kind = strchr("#^/>", *t->name) ? *t->name++ : 0;
	t->len = (size_t)(close - t->name);
	t->end = close + 2;
	if (t->kind)
		take_line(t, p.begin);
	return true;
}

static json_t *find(const struct scope *s, const struct tag *t)
{
	json_t *j = NULL;

	if (t->len == 1 && *t->name == '.')
		return s->value;
	for (; s && !j; s = s->outer)
		j = json_object_getn(s->value, t->name, t->len);
	return j;
}

static void put_value(const json_t *j, FILE *out)
{
	if (json_is_string(j))
		html_text(json_string_value(j), out);
	else if (json_is_integer(j))
		fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
}

static bool is_something(const json_t *j)
{
	if (json_is_string(j))
		return json_string_length(j) > 0;
	if (json_is_array(j))
		return json_array_size(j) > 0;
	return j && !json_is_false(j) && !json_is_null(j);
}

/* Where the section that OPEN begins ends: its last tag, or false. */
static bool find_close(struct tag *close, const struct tag *open, struct part p)
{
	unsigned depth = 1;

	for (p.text = open->end; next(close, p); p.text = close->end) {
		if (close->len != open->len ||
		    memcmp(close->name, open->name, open->len))
			continue;
		depth += close->kind == '#' || close->kind == '^';
		depth -= close->kind == '/';
		if (!depth)
			return true;
	}
	return false;
}

static int fill_section(struct part p, const struct tag *open,
			const struct scope *s, FILE *out)
{
	json_t *j = find(s, open), *one;
	struct scope inner = { j, s, s->depth + 1 };
	size_t i;

	if (open->kind == '^')
		return is_something(j) ? 0 : fill(p, s, out);
	if (!is_something(j))
		return 0;
	if (!json_is_array(j))
		return fill(p, &inner, out);
	json_array_foreach(j, i, one) {
		inner.value = one;
		if (fill(p, &inner, out))
			return -1;
	}
	return 0;
}

static struct part whole(const char *text)
{
	return (struct part){ text, text, text + strlen(text) };
}

static int fill_partial(const struct tag *t, const struct scope *s, FILE *out)
{
	const char *text = templates_find(t->name, t->len);
	struct scope inner = { s->value, s->outer, s->depth + 1 };

	return text ? fill(whole(text), &inner, out) : -1;
}

static int fill(struct part p, const struct scope *s, FILE *out)
{
	struct tag t, close;

	if (s->depth > DEPTH_MAX)
		return -1;
	for (; next(&t, p); p.text = t.end) {
		fwrite(p.text, 1, (size_t)(t.start - p.text), out);
		switch (t.kind) {
		case '#':
		case '^':
			if (!find_close(&close, &t, p) ||
			    fill_section((struct part){ p.begin, t.end,
					 close.start }, &t, s, out))
				return -1;
			t.end = close.end;
			break;
		case '>':
			if (fill_partial(&t, s, out))
				return -1;
			break;
		case '/':
			return -1;
		default:
			put_value(find(s, &t), out);
		}
	}
	fwrite(p.text, 1, (size_t)(p.end - p.text), out);
	return 0;
}

int template_text(const char *text, json_t *view, FILE *out)
{
	struct scope s = { view, NULL, 0 };

	return fill(whole(text), &s, out);
}

int template_fill(const char *name, json_t *view, FILE *out)
{
	const char *text = templates_find(name, strlen(name));

	return text ? template_text(text, view, out) : -1;
}
