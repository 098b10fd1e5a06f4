/*
 * The interactive menu.  Consoles here have no cursor control but "\r", so the
 * entries are listed once, a page at a time, and one line below them follows
 * the choice.  That looks the same on VGA text, serial lines and hvc.
 */
#include "menu/menu.h"

#include <string.h>

#include "loader/base/fmt.h"

#define KEY_ESC 0x1b
#define KEY_CTRL_N 0x0e
#define KEY_CTRL_P 0x10
#define PAGE 16u		/* entries listed at a time */
#define WIDTH 78		/* columns of the line that is rewritten */

struct menu {
	const struct platform *p;
	const struct lst *l;
	uint32_t at, typed;	/* the choice; the number typed so far */
	uint64_t end;		/* clock_ms() when time is up */
	int32_t left;		/* seconds until then; -1: no countdown */
	bool done;
	enum menu_action action;
};

/* Printable TITLE into TO: control characters become '?'. */
static void clean(char *to, size_t size, const char *title)
{
	size_t n = 0;

	for (; *title && n + 1 < size; title++)
		to[n++] = (uint8_t)*title < ' ' || *title == 0x7f ? '?' :
			*title;
	to[n] = 0;
}

void menu_print_title(const struct platform *p, const char *title)
{
	char text[WIDTH];

	clean(text, sizeof(text), title);
	say(p, "%s", text);
}

/* What is shown before the title of entry I. */
static const char *mark(const struct menu *m, uint32_t i)
{
	return lst_pv(m->l, &m->l->entry[i]) ? "[PV] " : "";
}

static void list_page(const struct menu *m)
{
	uint32_t first = m->at - m->at % PAGE;

	say(m->p, "\r%*s\rTwinboot. Up and Down choose, Enter starts%s.\n\n",
	    WIDTH, "", m->l->password ? "" :
	    ", e edits, c is for commands");
	for (uint32_t i = first; i < m->l->n_entries && i < first + PAGE; i++) {
		say(m->p, "%5u  ", i);
		say(m->p, "%s", mark(m, i));
		menu_print_title(m->p, lst_title(m->l, &m->l->entry[i]));
		say(m->p, "\n");
	}
	if (m->l->n_entries > PAGE)
		say(m->p, "       (%u entries)\n", m->l->n_entries);
	say(m->p, "\n");
}

static void show_choice(const struct menu *m)
{
	char title[WIDTH - 30], time[24] = "", line[WIDTH + 1];

	clean(title, sizeof(title), lst_title(m->l, &m->l->entry[m->at]));
	if (m->left >= 0)
		fmt(time, sizeof(time), "  (in %d s)", m->left);
	fmt(line, sizeof(line), "%5u> %s%s%s", m->at, mark(m, m->at),
	    title, time);
	say(m->p, "\r%-*s\r%s", WIDTH, line, line);
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
	if (m->l->password) {
		say(m->p, "\n(a password is asked for this, which this loader "
		    "cannot do)\n");
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
	*pressed |= m->left >= 0;
	m->left = -1;
	m->at = at;
	if (at / PAGE != from / PAGE)
		list_page(m);
	show_choice(m);
}

/* The countdown's next step.  True when the seconds left have changed. */
static bool tick(struct menu *m)
{
	uint64_t now;
	int32_t left;

	if (m->left <= 0)
		return false;
	now = m->p->clock_ms();
	left = now >= m->end ? 0 : (int32_t)((m->end - now + 999) / 1000);
	if (left == m->left)
		return false;
	m->left = left;
	return true;
}

/* Only Escape brings the menu out.  True when it was pressed. */
static bool wait_hidden(struct menu *m)
{
	do {
		int key = m->p->key();

		if (key == KEY_ESC)
			return true;
		if (tick(m))
			say(m->p, "\rPress Escape for the menu: %d s  ",
			    m->left);
		if (key == KEY_NONE && m->left)
			m->p->idle();
	} while (m->left);
	return false;
}

static void wait_choice(struct menu *m, bool *pressed)
{
	while (!m->done && m->left) {
		int key = m->p->key();

		if (key != KEY_NONE)
			use_key(m, key, pressed);
		if (tick(m))
			show_choice(m);
		if (key == KEY_NONE && m->left)
			m->p->idle();
	}
}

void menu_choose(const struct platform *p, const struct lst *l, uint32_t start,
		 int32_t timeout, bool hidden, struct menu_choice *out)
{
	struct menu m = { .p = p, .l = l, .at = start, .left = timeout };

	*out = (struct menu_choice){ .entry = start };
	if (timeout > 0)
		m.end = p->clock_ms() + (uint64_t)timeout * 1000;
	if (timeout >= 0 && (hidden || !timeout)) {
		if (!wait_hidden(&m))
			return;
		m.left = -1;
	}
	list_page(&m);
	show_choice(&m);
	wait_choice(&m, &out->pressed);
	say(p, "\n");
	out->entry = m.at;
	out->action = m.action;
}
