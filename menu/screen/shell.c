/*
 * The command line, and an entry's lines changed for one start.  What is typed
 * goes the way of a line of menu.lst, and is measured like one.  Both hold what
 * they open until the user leaves: main.c releases it then.
 */
#include "menu/screen/shell.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "menu/screen/choose.h"
#include "menu/screen/complete.h"
#include "menu/screen/prompt.h"

#define KEY_ESC 0x1b
#define LINES_MAX 64u		/* of an entry that is edited */

struct edited {
	unsigned n, at;		/* lines; the one chosen */
	char (*line)[LST_LINE_MAX + 1];
};

static bool is_over(const struct runner *r)
{
	return r->configfile || r->ended;
}

static void tell_error(struct runner *r)
{
	say(r->p, "%s\n", err_text());
	err_clear();
}

void shell_commands(struct runner *r)
{
	const struct prompt prompt = { "twinboot> ",
				       .complete = complete_line, .ctx = r };
	char *line = arena_alloc(r->p->arena, LST_LINE_MAX + 1);

	if (!line || run_begin(r, "by hand")) {
		tell_error(r);
		return;
	}
	say(r->p,
	    "\nCommands as in menu.lst; `boot' starts, Escape goes back to "
	    "the menu.\n");
	r->typed = true;
	while (!is_over(r)) {
		line[0] = 0;
		if (!prompt_line(r->p, &prompt, line, LST_LINE_MAX + 1))
			return;
		if (run_typed(r, line))
			tell_error(r);
	}
}

/* The line that is chosen, in a row that is written anew. */
static void show_line(struct runner *r, const struct edited *e)
{
	say(r->p, "\r%3u> ", e->at);
	choose_print_title(r->p, e->n ? e->line[e->at] : "");
	say(r->p, "\033[K");
}

static void list(struct runner *r, const struct edited *e)
{
	say(r->p,
	    "\ne edits, o and O add a line, d deletes it, b starts, Escape "
	    "goes back.\n\n");
	for (unsigned i = 0; i < e->n; i++) {
		say(r->p, "%3u  ", i);
		choose_print_title(r->p, e->line[i]);
		say(r->p, "\n");
	}
	say(r->p, "\n");
	show_line(r, e);
}

/* An empty one behind the one that is chosen, or before it. */
static void add_line(struct edited *e, bool behind)
{
	if (e->n == LINES_MAX)
		return;
	e->at += behind && e->n;
	memmove(e->line[e->at + 1], e->line[e->at],
		(e->n - e->at) * sizeof(e->line[0]));
	e->line[e->at][0] = 0;
	e->n++;
}

static void delete_line(struct edited *e)
{
	if (!e->n)
		return;
	e->n--;
	memmove(e->line[e->at], e->line[e->at + 1],
		(e->n - e->at) * sizeof(e->line[0]));
	e->at -= e->at && e->at == e->n;
}

static void change_line(struct runner *r, struct edited *e)
{
	const struct prompt prompt = { "edit> ", .complete = complete_line,
				       .ctx = r };
	char before[LST_LINE_MAX + 1];

	if (!e->n)
		return;
	memcpy(before, e->line[e->at], sizeof(before));
	say(r->p, "\n");
	if (!prompt_line(r->p, &prompt, e->line[e->at], LST_LINE_MAX + 1))
		memcpy(e->line[e->at], before, sizeof(before));
}

static void run_lines(struct runner *r, const struct edited *e)
{
	int err = 0;

	say(r->p, "\n");
	for (unsigned i = 0; i < e->n && !err && !is_over(r); i++)
		err = run_typed(r, e->line[i]);
	if (!err && !is_over(r))
		err = run_end(r);
	if (!err)
		return;
	tell_error(r);
	say(r->p, "Press any key to go back to the menu.\n");
	run_wait_key(r->p);
}

/* False: the user is done with the entry. */
static bool use_key(struct runner *r, struct edited *e, int key)
{
	switch (key) {
	case KEY_UP: case 'k':
		e->at -= e->at > 0;
		show_line(r, e);
		return true;
	case KEY_DOWN: case 'j':
		e->at += e->at + 1 < e->n;
		show_line(r, e);
		return true;
	case 'O':
		add_line(e, false);
		change_line(r, e);
		break;
	case 'o':
		add_line(e, true);
		change_line(r, e);
		break;
	case 'e': case '\n': case '\r':
		change_line(r, e);
		break;
	case 'd':
		delete_line(e);
		break;
	case 'b':
		run_lines(r, e);
		return false;
	case KEY_ESC:
		say(r->p, "\n");
		return false;
	default:
		return true;
	}
	list(r, e);
	return true;
}

void shell_edit(struct runner *r, const struct lst_entry *entry)
{
	const struct lst *l = &r->config->lst;
	struct edited e = { 0 };

	e.line = arena_alloc(r->p->arena, (LINES_MAX + 1) * sizeof(e.line[0]));
	if (!e.line || run_begin(r, lst_title(l, entry))) {
		tell_error(r);
		return;
	}
	r->entry->pv = lst_pv(l, entry);
	for (uint32_t i = entry->title + 1; i < entry->end; i++)
		if (lst_runs(l, &l->line[i]) && e.n < LINES_MAX)
			fmt(e.line[e.n++], sizeof(e.line[0]), "%s",
			    lst_text(l, &l->line[i]));
	list(r, &e);
	while (use_key(r, &e, run_wait_key(r->p)))
		;
}
