/*
 * The commands about consoles and keys: serial, terminal, setkey.
 */
#ifndef MENU_SCREEN_TERMINAL_H
#define MENU_SCREEN_TERMINAL_H

#include "menu/run.h"

int terminal_serial(struct runner *r, const char *args);
int terminal_choose(struct runner *r, const char *args);
int terminal_setkey(struct runner *r, const char *args);

/*
 * Those of L's header, once the menu is to be shown; one that fails is told and
 * passed over, as all in the header are.
 */
void terminal_header(struct platform *p, const struct lst *l);

#endif
