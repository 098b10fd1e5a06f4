/*
 * The menu that people see: a list, a line that says what is chosen, a
 * countdown.  It needs nothing of a console but "\n" and "\r".
 */
#ifndef MENU_MENU_H
#define MENU_MENU_H

#include "loader/platform.h"
#include "menu/lst.h"

enum menu_action { MENU_START, MENU_EDIT, MENU_COMMANDS };

struct menu_choice {
	uint32_t entry;
	enum menu_action action;
	bool pressed;		/* a key has ended the countdown */
};

/*
 * Let the user choose, beginning with entry START.  After TIMEOUT seconds
 * (-1: never) without a key START is taken; HIDDEN: nothing is shown before
 * Escape is pressed.
 */
void menu_choose(const struct platform *p, const struct lst *l, uint32_t start,
		 int32_t timeout, bool hidden, struct menu_choice *out);

/* Print TITLE with what could upset a terminal replaced. */
void menu_print_title(const struct platform *p, const char *title);

#endif
