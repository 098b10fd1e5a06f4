/*
 * The countdown while nothing is shown, and what leads from it to the menu.
 */
#include "menu/screen/choose.h"

#include "loader/base/err.h"
#include "menu/extra.h"
#include "menu/run.h"

#define KEY_ESC 0x1b
#define WIDTH 78

void choose_clean(char *to, size_t size, const char *title)
{
	size_t n = 0;

	for (; *title && n + 1 < size; title++)
		to[n++] = (uint8_t)*title < ' ' || *title == 0x7f ? '?' :
			*title;
	to[n] = 0;
}

void choose_print_title(const struct platform *p, const char *title)
{
	char text[WIDTH];

	choose_clean(text, sizeof(text), title);
	say(p, "%s", text);
}

bool choose_tick(const struct platform *p, struct menu_timer *t)
{
	uint64_t now;
	int32_t left;

	if (t->left <= 0)
		return false;
	now = p->clock_ms();
	left = now >= t->end ? 0 : (int32_t)((t->end - now + 999) / 1000);
	if (left == t->left)
		return false;
	t->left = left;
	return true;
}

/* Only Escape brings the menu out.  True when it was pressed. */
static bool wait_hidden(const struct platform *p, struct menu_timer *t)
{
	do {
		int key = p->key();

		if (key == KEY_ESC)
			return true;
		if (choose_tick(p, t))
			say(p, "\rPress Escape for the menu: %d s  ", t->left);
		if (key == KEY_NONE && t->left)
			p->idle();
	} while (t->left);
	return false;
}

/* What can be done without the part of us that would show the menu. */
static void choose_blindly(const struct platform *p, struct menu_ask *ask)
{
	say(p, "%s\nThe menu cannot be shown.\n", err_text());
	err_clear();
	if (ask->timer.left < 0) {
		say(p, "Press any key to start the default entry.\n");
		run_wait_key(p);
	}
}

void choose_entry(struct platform *p, struct menu_ask *ask,
		  struct menu_choice *out)
{
	const struct menu_extra *extra;
	int32_t timeout = ask->timer.left;

	*out = (struct menu_choice){ .entry = ask->start };
	if (timeout > 0)
		ask->timer.end = p->clock_ms() + (uint64_t)timeout * 1000;
	if (timeout >= 0 && (ask->hidden || !timeout)) {
		if (!wait_hidden(p, &ask->timer))
			return;
		ask->timer.left = -1;
		out->pressed = true;
	}
	extra = p->extra(p);
	if (extra)
		extra->choose(p, ask, out);
	else
		choose_blindly(p, ask);
}
