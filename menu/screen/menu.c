/*
 * The menu on the screen: a page of entries with a bar on the one that is
 * chosen, and below it a line that follows the choice and counts down, which is
 * all that a log of the console needs.  Consoles are ECMA-48 terminals, or do
 * as if (loader/base/ansi.h).  A key writes two rows and that line anew; only a
 * step to another page draws all of it.
 */
#include "menu/screen/menu.h"

#include <string.h>

#include "loader/base/fmt.h"
#include "menu/run.h"
#include "menu/screen/color.h"
#include "menu/screen/terminal.h"

#define KEY_ESC 0x1b
#define KEY_CTRL_N 0x0e
#define KEY_CTRL_P 0x10
#define PAGE 16u		/* entries on a page */
#define ROW 68			/* columns of an entry */
#define TITLE 40		/* of it in the line below */
#define FIRST_ROW 3u

struct menu {
	const struct platform *p;
	const struct menu_ask *ask;
	const struct lst *l;
	struct color color;
	uint32_t at, typed;	/* the choice; the number typed so far */
	struct menu_timer timer;
	bool done;
	enum menu_action action;
};

/* What is shown before the title of entry I. */
static const char *mark(const struct menu *m, uint32_t i)
{
	return lst_pv(m->l, &m->l->entry[i]) ? "[PV] " : "";
}

static uint32_t page_begin(const struct menu *m)
{
	return m->at - m->at % PAGE;
}

static uint32_t page_end(const struct menu *m)
{
	uint32_t end = page_begin(m) + PAGE;

	return end < m->l->n_entries ? end : m->l->n_entries;
}

static void show_row(const struct menu *m, uint32_t i)
{
	char title[ROW - 12], row[ROW];
	const char *color = i == m->at ? m->color.bar : m->color.normal;

	choose_clean(title, sizeof(title), lst_title(m->l, &m->l->entry[i]));
	fmt(row, sizeof(row), "%5u  %s%s", i, mark(m, i), title);
	say(m->p, "%s%s%s", color, row, color[0] ? COLOR_END : "");
}

static void show_choice(const struct menu *m)
{
	uint32_t row = FIRST_ROW + page_end(m) - page_begin(m) + 1 +
		(m->l->n_entries > PAGE);
	char title[TITLE], time[24] = "";

	choose_clean(title, sizeof(title),
		     lst_title(m->l, &m->l->entry[m->at]));
	if (m->timer.left >= 0)
		fmt(time, sizeof(time), "  (in %d s)", m->timer.left);
	say(m->p, "\033[%u;1H\r%5u> %s%s%s\033[K", row, m->at, mark(m, m->at),
	    title, time);
}

static void show_all(const struct menu *m)
{
	say(m->p, COLOR_END "\033[H\033[JTwinboot. Up and Down choose, Enter "
	    "starts%s.\n\n", m->ask->locked ? ", p asks for the password" :
	    ", e edits, c is for commands");
	for (uint32_t i = page_begin(m); i < page_end(m); i++) {
		show_row(m, i);
		say(m->p, "\n");
	}
	if (m->l->n_entries > PAGE)
		say(m->p, "       (%u to %u of %u)\n", page_begin(m),
		    page_end(m) - 1, m->l->n_entries);
	show_choice(m);
}

/* The bar goes from entry FROM to the choice. */
static void move_bar(const struct menu *m, uint32_t from)
{
	if (from / PAGE != m->at / PAGE) {
		show_all(m);
		return;
	}
	if (from != m->at && !(m->p->console_flags & CONSOLE_DUMB)) {
		say(m->p, "\033[%u;1H", FIRST_ROW + from % PAGE);
		show_row(m, from);
		say(m->p, "\033[%u;1H", FIRST_ROW + m->at % PAGE);
		show_row(m, m->at);
	}
	show_choice(m);
}

/*
 * A digit goes on with the number typed before it, if there is such an entry.
 */
static uint32_t type_digit(struct menu *m, uint32_t digit)
{
	uint32_t n = m->typed * 10 + digit;

	if (n >= m->l->n_entries)
		n = digit;
	m->typed = n < m->l->n_entries ? n : 0;
	return n < m->l->n_entries ? n : m->at;
}

/* A password in the header keeps people from anything but starting entries. */
static void choose_action(struct menu *m, enum menu_action action)
{
	if (m->ask->locked && action != MENU_PASSWORD) {
		say(m->p, "\n(p asks for the password, which this needs)");
		return;
	}
	m->action = action;
	m->done = true;
}

/* Where KEY leads; false for keys that mean nothing: lines have noise. */
static bool find_target(struct menu *m, int key, uint32_t *at)
{
	uint32_t last = m->l->n_entries - 1;

	*at = m->at;
	switch (key) {
	case KEY_UP: case 'k': case '^': case KEY_CTRL_P:
		*at = m->at ? m->at - 1 : last;
		break;
	case KEY_DOWN: case 'j': case 'v': case KEY_CTRL_N:
		*at = m->at < last ? m->at + 1 : 0;
		break;
	case KEY_HOME:
		*at = 0;
		break;
	case KEY_END:
		*at = last;
		break;
	case '\r': case '\n': case KEY_F10:
		m->done = true;
		break;
	case 'b':
		m->done = true;
		break;
	case 'e':
		choose_action(m, MENU_EDIT);
		break;
	case 'c':
		choose_action(m, MENU_COMMANDS);
		break;
	case 'p':
		if (m->ask->locked)
			choose_action(m, MENU_PASSWORD);
		break;
	default:
		if (key != KEY_ESC && (key < ' ' || key > '~'))
			return false;
	}
	m->typed = 0;
	return true;
}

/* A key, unless it is noise, ends the countdown and with it all fallbacks. */
static void use_key(struct menu *m, int key, bool *pressed)
{
	uint32_t at, from = m->at;

	if (key >= '0' && key <= '9')
		at = type_digit(m, (uint32_t)key - '0');
	else if (!find_target(m, key, &at))
		return;
	*pressed |= m->timer.left >= 0;
	m->timer.left = -1;
	m->at = at;
	move_bar(m, from);
}

static void wait_choice(struct menu *m, bool *pressed)
{
	while (!m->done && m->timer.left) {
		int key = run_key(m->p);

		if (key != KEY_NONE)
			use_key(m, key, pressed);
		if (choose_tick(m->p, &m->timer))
			show_choice(m);
		if (key == KEY_NONE && m->timer.left)
			m->p->idle();
	}
}

/* `terminal' may have waited: the countdown is behind that. */
static void set_up(struct platform *p, struct menu_ask *ask)
{
	if (ask->shown)
		return;
	ask->shown = true;
	terminal_header(p, ask->l);
	if (ask->timer.left > 0)
		ask->timer.end = p->clock_ms() +
			(uint64_t)ask->timer.left * 1000;
}

void menu_show(struct platform *p, struct menu_ask *ask,
	       struct menu_choice *out)
{
	struct menu m = { .p = p, .ask = ask, .l = ask->l, .at = out->entry };

	set_up(p, ask);
	m.timer = ask->timer;
	color_read(&m.color, ask->l->color);
	show_all(&m);
	wait_choice(&m, &out->pressed);
	say(p, "\n");
	out->entry = m.at;
	out->action = m.action;
}
