/*
 * The menu that people see: a list, a line that says what is chosen, a
 * countdown.  It needs nothing of a console but "\n" and "\r".
 */
#ifndef MENU_SCREEN_MENU_H
#define MENU_SCREEN_MENU_H

#include "menu/screen/choose.h"

/* Show it, beginning with OUT's entry, and let the user choose. */
void menu_show(struct platform *p, struct menu_ask *ask,
	       struct menu_choice *out);

#endif
