/*
 * What each command is, in words: for `help', for `twinboot menu', for the
 * manual.
 */
#ifndef MENU_SCREEN_HELP_H
#define MENU_SCREEN_HELP_H

#include "menu/run.h"

struct help {
	const char *args;	/* "FILE [ARGUMENT...]" */
	const char *what;	/* what we do; NULL: nothing, Error 27 */
};

/* CMD's; all zero for one that nobody needs to know. */
const struct help *help_of(enum lst_cmd cmd);

/* The command: all, or those that begin with ARGS. */
int help_command(struct runner *r, const char *args);

#endif
