/*
 * The menu on the screen.  Consoles here have no cursor control but "\r", so
 * the entries are listed once, a page at a time, and one line below them
 * follows the choice.  That looks the same on VGA text, serial lines and hvc.
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
	const struct menu_ask *ask;
	const struct lst *l;
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

static void list_page(const struct menu *m)
{
	uint32_t first = m->at - m->at % PAGE;

	say(m->p, "\r%*s\rTwinboot. Up and Down choose, Enter starts%s.\n\n",
	    WIDTH, "", m->ask->locked ? ", p asks for the password" :
	    ", e edits, c is for commands");
	for (uint32_t i = first; i < m->l->n_entries && i < first + PAGE; i++) {
		say(m->p, "%5u  ", i);
		say(m->p, "%s", mark(m, i));
		choose_print_title(m->p, lst_title(m->l, &m->l->entry[i]));
		say(m->p, "\n");
	}
	if (m->l->n_entries > PAGE)
		say(m->p, "       (%u entries)\n", m->l->n_entries);
	say(m->p, "\n");
}

static void show_choice(const struct menu *m)
{
	char title[WIDTH - 30], time[24] = "", line[WIDTH + 1];

	choose_clean(title, sizeof(title),
		     lst_title(m->l, &m->l->entry[m->at]));
	if (m->timer.left >= 0)
		fmt(time, sizeof(time), "  (in %d s)", m->timer.left);
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
	if (m->ask->locked && action != MENU_PASSWORD) {
		say(m->p, "\n(p asks for the password, which this needs)\n");
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
	if (at / PAGE != from / PAGE)
		list_page(m);
	show_choice(m);
}

static void wait_choice(struct menu *m, bool *pressed)
{
	while (!m->done && m->timer.left) {
		int key = m->p->key();

		if (key != KEY_NONE)
			use_key(m, key, pressed);
		if (choose_tick(m->p, &m->timer))
			show_choice(m);
		if (key == KEY_NONE && m->timer.left)
			m->p->idle();
	}
}

void menu_show(const struct platform *p, const struct menu_ask *ask,
		   struct menu_choice *out)
{
	struct menu m = { .p = p, .ask = ask, .l = ask->l, .at = out->entry,
			  .timer = ask->timer };

	list_page(&m);
	show_choice(&m);
	wait_choice(&m, &out->pressed);
	say(p, "\n");
	out->entry = m.at;
	out->action = m.action;
}
