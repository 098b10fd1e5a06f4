/*
 * The reader.  Two steps: bytes -> logical lines, packed in place (they never
 * get longer), then lines -> header, entries, dropped entries.  What looks odd
 * here is what GRUB 0.97 does, and real files rely on it.
 */
#include "menu/config/lst.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/number.h"

struct reader {
	const char *p, *end;
	char *out;		/* where the next line goes: never past p */
	uint32_t line;		/* physical line of *p */
};

/*
 * One logical line to r->out; where it begins and whether anything but blanks
 * was dropped from its end to TO.  False at the end of the file.
 */
static bool next_line(struct reader *r, struct lst_line *to)
{
	const char *p = r->p;
	uint32_t pos = 0, line = r->line;
	bool joins = false, comment = false;

	to->cut = false;
	while (p < r->end) {
		char c = *p++;

		if (c == '\n')
			line++;
		if (c == '\r')
			continue;
		if (c == '\t')
			c = ' ';
		if (joins && c == '\n') {
			c = ' ';
			pos -= pos > 0;
		}
		joins = c == '\\';
		if (comment) {
			comment = c != '\n';
		} else if (!pos) {
			if (c == '#')
				comment = true;
			else if (c != ' ' && c != '\n') {
				r->out[pos++] = c;
				to->line = line;
			}
		} else if (c == '\n') {
			break;
		} else if (pos < LST_LINE_MAX) {
			r->out[pos++] = c;
		} else {
			to->cut |= c != ' ';
		}
	}
	r->p = p;
	r->line = line;
	if (!pos)
		return false;
	r->out[pos] = 0;
	return true;
}

/* What stands at P up to END is WORD, with nothing but blanks after it. */
static bool is_word(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - p) < len || memcmp(p, word, len))
		return false;
	for (p += len; p < end; p++)
		if (*p != ' ' && *p != '\t' && *p != '\r')
			return false;
	return true;
}

/* The marks at r->p, for the title TO.  They stay what they are, comments. */
static void read_marks(const struct reader *r, struct lst_line *to)
{
	size_t len = strlen(LST_MARK);
	char tries[] = "tries=0";

	for (const char *p = r->p; (size_t)(r->end - p) >= len &&
	     !memcmp(p, LST_MARK, len);) {
		const char *end = memchr(p, '\n', (size_t)(r->end - p));

		if (!end)
			end = r->end;
		p += len;
		to->pv |= is_word(p, end, "pv=always");
		for (unsigned n = 1; n <= LST_TRIES_MAX; n++) {
			tries[6] = (char)('0' + n);
			if (is_word(p, end, tries))
				to->tries = n & 15;
		}
		p = end + (end < r->end);
	}
}

/*
 * Upper bound of the number of logical lines.  Each begins on a physical line
 * of its own, one that is neither empty nor a comment in column 1.
 */
static uint32_t count_lines(const char *p, const char *end)
{
	uint32_t n = 0;

	while (p < end) {
		n += *p != '\n' && *p != '#';
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : end;
	}
	return n;
}

/* Name, separator, arguments: where the arguments are, and which command. */
static void split(struct lst_line *line, const char *text,
		  enum lst_dialect dialect)
{
	size_t name = strcspn(text, " =");

	line->cmd = (uint8_t)command_find(text, name, dialect);
	line->args = (name + strspn(text + name, " =")) & 0x7fff;
}

static int read_lines(struct lst *l, char *text, size_t len,
		      enum lst_dialect dialect, struct arena *arena)
{
	struct reader r = { text, text + len, text, 1 };
	uint32_t most = count_lines(text, text + len);
	struct lst_line next = { 0 };
	size_t before;

	l->text = text;
	l->line = arena_alloc(arena, most * sizeof(*l->line));
	if (!l->line)
		return ERR_NO_MEMORY;
	before = arena_mark(arena) - most * sizeof(*l->line);
	while (next_line(&r, &next)) {
		next.text = (uint32_t)(r.out - text);
		split(&next, r.out, dialect);
		next.pv = next.tries = 0;
		if (next.cmd == CMD_TITLE)
			read_marks(&r, &next);
		l->line[l->n_lines++] = next;
		r.out += strlen(r.out) + 1;
	}
	arena_release(arena, before + l->n_lines * sizeof(*l->line));
	return 0;
}

int lst_number(const char **p, int32_t *out)
{
	uint64_t v;
	int err = number_take(p, NULL, 0, INT32_MAX, &v);

	if (!err)
		*out = (int32_t)v;
	return err;
}

const char *lst_next_word(const char *s)
{
	s += strcspn(s, " ");
	return s + strspn(s, " ");
}

/*
 * A number given twice leaves the reader before the blank that follows it, so
 * the next number fails there and the command with it; what it has stored by
 * then stays stored.  ACTIVE is what the last good one left.
 */
static void set_fallback(struct lst *l, const char *arg, bool *active)
{
	unsigned n = 0, i;
	int32_t entry;

	while (*arg && n < LST_FALLBACKS) {
		if (lst_number(&arg, &entry))
			return;
		for (i = 0; i < n && l->fallback[i] != entry; i++)
			;
		if (i < n)
			continue;
		l->fallback[n++] = entry;
		arg = lst_next_word(arg);
	}
	if (n < LST_FALLBACKS)
		l->fallback[n] = -1;
	*active = n > 0;
}

static void run_header(struct lst *l, enum lst_cmd cmd, const char *args,
		       bool *fallback)
{
	switch (cmd) {
	case CMD_DEFAULT:
		if (!strcmp(args, "saved"))
			l->default_entry = LST_SAVED;
		else
			lst_number(&args, &l->default_entry);
		break;
	case CMD_FALLBACK:
		set_fallback(l, args, fallback);
		break;
	case CMD_TIMEOUT:
		lst_number(&args, &l->timeout);
		break;
	case CMD_HIDDENMENU:
		l->hiddenmenu = true;
		break;
	case CMD_COLOR:
		l->color = args;
		break;
	case CMD_PASSWORD:
		l->password = args;
		break;
	default:	/* for consoles and networks that we have not */
		break;
	}
}

static void remove_bad_fallbacks(struct lst *l, bool active)
{
	for (unsigned i = 0; active && i < LST_FALLBACKS; i++) {
		if (l->fallback[i] < 0)
			break;
		if ((uint32_t)l->fallback[i] < l->n_entries)
			l->fallback[l->n_fallback++] = l->fallback[i];
	}
}

/* What each line is; the header's commands are run. */
static bool classify(struct lst *l)
{
	bool fallback = false;

	for (uint32_t i = 0; i < l->n_lines; i++) {
		struct lst_line *line = &l->line[i];
		unsigned flags = command_flags(line->cmd);

		if (line->cmd == CMD_TITLE) {
			line->kind = LST_TITLE;
			l->n_titles++;
		} else if (l->n_titles) {
			line->kind = line->cmd ? LST_COMMAND : LST_UNKNOWN;
		} else if (flags & CMD_MENU) {
			line->kind = LST_GLOBAL;
			run_header(l, line->cmd, lst_args(l, line), &fallback);
		} else {
			line->kind = LST_IGNORED;
		}
	}
	return fallback;
}

/* Entries from the front of l->entry, dropped ones from its end. */
static void find_entries(struct lst *l)
{
	uint32_t i = 0, title;
	bool commands;

	while (i < l->n_lines && l->line[i].kind != LST_TITLE)
		i++;
	while (i < l->n_lines) {
		commands = false;
		title = i++;
		for (; i < l->n_lines && l->line[i].kind != LST_TITLE; i++)
			commands |= l->line[i].kind == LST_COMMAND;
		l->entry[commands ? l->n_entries++ :
			 l->n_titles - ++l->n_dropped] =
			(struct lst_entry){ title, i };
	}
}

int lst_parse(struct lst *l, char *text, size_t len, enum lst_dialect dialect,
	      struct arena *arena)
{
	bool fallback;
	int err;

	*l = (struct lst){ .timeout = -1, .fallback = { -1 } };
	if (len > UINT32_MAX - 1)
		return fail(ERR_NO_MEMORY, "a menu of %zu bytes", len);
	err = read_lines(l, text, len, dialect, arena);
	if (err)
		return err;
	fallback = classify(l);
	l->entry = arena_alloc(arena, l->n_titles * sizeof(*l->entry));
	if (!l->entry)
		return ERR_NO_MEMORY;
	find_entries(l);
	remove_bad_fallbacks(l, fallback);
	return 0;
}

enum lst_cmd lst_runs(const struct lst *l, const struct lst_line *line)
{
	const char *text = lst_text(l, line);

	return line->kind == LST_COMMAND ? (enum lst_cmd)line->cmd :
	       line->kind != LST_UNKNOWN ? CMD_UNKNOWN :
	       command_find(text, strcspn(text, " ="), LST_PATCHES);
}

uint32_t lst_default(const struct lst *l, int32_t saved, uint32_t *next)
{
	int32_t wanted = l->default_entry;

	*next = 0;
	if (wanted == LST_SAVED)
		wanted = saved;
	if (wanted >= 0 && (uint32_t)wanted < l->n_entries)
		return (uint32_t)wanted;
	if (!l->n_fallback)
		return 0;
	*next = 1;
	return (uint32_t)l->fallback[0];
}
