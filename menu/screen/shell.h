/*
 * What a user does by hand in place of starting an entry as it stands.  Both
 * come back with r->configfile or r->ended set, or with neither: back to the
 * menu.  Errors are told, and end nothing.
 */
#ifndef MENU_SCREEN_SHELL_H
#define MENU_SCREEN_SHELL_H

#include "menu/run.h"

/* Commands, one after the other, until Escape. */
void shell_commands(struct runner *r);

/* Change the lines of entry E for this once, and start it. */
void shell_edit(struct runner *r, const struct lst_entry *e);

#endif
