/*
 * The command color NORMAL [HIGHLIGHT], "yellow/blue black/light-gray" or
 * numbers, and what a terminal is told for it.
 */
#ifndef MENU_SCREEN_COLOR_H
#define MENU_SCREEN_COLOR_H

#include "menu/run.h"

#define COLOR_END "\033[0m"

struct color {
	char normal[24], bar[24];	/* control sequences; "": none */
};

/* By ARGS; NULL, or none that can be read: the bar is in reverse. */
void color_read(struct color *c, const char *args);

/* The command in an entry: ERR_NUMBER for what is no colour. */
int color_command(struct runner *r, const char *args);

#endif
