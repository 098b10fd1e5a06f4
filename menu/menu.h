/*
 * The menu that people see: a list, a line that says what is chosen, a
 * countdown.  It needs nothing of a console but "\n" and "\r".
 */
#ifndef MENU_MENU_H
#define MENU_MENU_H

#include "loader/platform.h"
#include "menu/lst.h"

/*
 * Let the user choose, beginning with entry START.  After TIMEOUT seconds
 * (-1: never) without a key START is taken; HIDDEN: nothing is shown before
 * Escape is pressed.  *PRESSED: a key has ended the countdown.
 */
uint32_t menu_choose(const struct platform *p, const struct lst *l,
		     uint32_t start, int32_t timeout, bool hidden,
		     bool *pressed);

/* Print TITLE with what could upset a terminal replaced. */
void menu_print_title(const struct platform *p, const char *title);

#endif
