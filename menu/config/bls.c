/*
 * "Boot Loader Specification Entries", types 1 and 2.  An entry begins with its
 * title and has no command but `root`, `kernel` and `initrd`, whatever is in
 * the file: what cannot be said so makes no entry.
 */
#include "menu/config/bls.h"

#include <stdbool.h>
#include <string.h>

#include "loader/base/fmt.h"

#define BLANKS " \t\r"

struct value {
	const char *p;
	size_t len;
};

struct out {
	char *p;
	size_t used;
	bool bad;
};

/* The next line at *TEXT that is "KEY VALUE"; false: no more. */
static bool next_value(const char **text, const char *key, struct value *v)
{
	size_t name = strlen(key);

	while (**text) {
		const char *line = *text + strspn(*text, BLANKS);
		size_t len = strcspn(line, "\n");

		*text = line + len + (line[len] != 0);
		if (len <= name || memcmp(line, key, name) ||
		    !strchr(BLANKS, line[name]))
			continue;
		for (v->p = line + name; v->p < line + len &&
		     strchr(BLANKS, *v->p); v->p++)
			;
		for (v->len = (size_t)(line + len - v->p); v->len &&
		     strchr(BLANKS, v->p[v->len - 1]); v->len--)
			;
		return true;
	}
	return false;
}

static bool first_value(const char *text, const char *key, struct value *v)
{
	return next_value(&text, key, v) && v->len;
}

static void put_any(struct out *o, const char *p, size_t len)
{
	if (o->bad || len >= BLS_TEXT_MAX - o->used) {
		o->bad = true;
		return;
	}
	memcpy(o->p + o->used, p, len);
	o->used += len;
	o->p[o->used] = 0;
}

/* Names of files may have newlines, too. */
static void put(struct out *o, const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		o->bad |= (unsigned char)p[i] < ' ' && p[i] != '\t';
	put_any(o, p, len);
}

static void put_text(struct out *o, const char *s)
{
	put(o, s, strlen(s));
}

/* A "\" at a line's end would join the next one to it. */
static void end_line(struct out *o)
{
	o->bad |= o->used && o->p[o->used - 1] == '\\';
	put_any(o, "\n", 1);
}

/* What is no path from the root of the file system makes no entry. */
static void put_path(struct out *o, const char *command,
		     const struct value *v)
{
	o->bad |= !v->len || *v->p != '/' || memchr(v->p, ' ', v->len) ||
		  memchr(v->p, '\t', v->len);
	put_text(o, command);
	put(o, v->p, v->len);
}

static void put_title(struct out *o, const char *text, const char *name)
{
	struct value v;

	put_text(o, "title ");
	if (first_value(text, "title", &v))
		put(o, v.p, v.len);
	else
		put_text(o, name);
	if (first_value(text, "version", &v)) {
		put_text(o, " (");
		put(o, v.p, v.len);
		put_text(o, ")");
	}
	end_line(o);
}

static void put_root(struct out *o, const char *root)
{
	put_text(o, "root ");
	put_text(o, root);
	end_line(o);
}

/* For this machine, as the specification spells it, or for any. */
static bool is_ours(const char *text)
{
	struct value v;

	return !first_value(text, "architecture", &v) ||
	       (v.len == 3 && (*v.p == 'x' || *v.p == 'X') &&
		!memcmp(v.p + 1, "64", 2));
}

size_t bls_entry(const char *text, const char *name, const char *root,
		 char *out)
{
	struct out o = { .p = out };
	const char *at = text;
	struct value v;

	if (!is_ours(text) || (!first_value(text, "linux", &v) &&
			       !first_value(text, "uki", &v) &&
			       !first_value(text, "efi", &v)))
		return 0;
	put_title(&o, text, name);
	put_root(&o, root);
	put_path(&o, "kernel ", &v);
	while (next_value(&at, "options", &v)) {
		put_text(&o, " ");
		put(&o, v.p, v.len);
	}
	end_line(&o);
	for (at = text; next_value(&at, "initrd", &v); end_line(&o))
		put_path(&o, "initrd ", &v);
	return o.bad ? 0 : o.used;
}

size_t bls_image(const char *name, const char *root, char *out)
{
	struct out o = { .p = out };

	put_text(&o, "title ");
	put_text(&o, name);
	end_line(&o);
	put_root(&o, root);
	o.bad |= strpbrk(name, BLANKS) != NULL;
	put_text(&o, "kernel /EFI/Linux/");
	put_text(&o, name);
	end_line(&o);
	return o.bad ? 0 : o.used;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(const char **s)
{
	size_t n = 0;

	while (**s == '0')
		++*s;
	while (is_digit((*s)[n]))
		n++;
	return n;
}

int bls_compare(const char *a, const char *b)
{
	while (*a && *b) {
		if (is_digit(*a) && is_digit(*b)) {
			size_t m = digits(&a), n = digits(&b);
			int order = m != n ? (m > n ? 1 : -1) :
				    memcmp(a, b, m);

			if (order)
				return order;
			a += m;
			b += n;
		} else if (*a != *b) {
			break;
		} else {
			a++;
			b++;
		}
	}
	return (unsigned char)*a - (unsigned char)*b;
}
