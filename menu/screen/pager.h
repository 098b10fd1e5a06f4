/*
 * `pager': what a command of the command line writes waits for a key at the end
 * of each screen, as GRUB's does.
 */
#ifndef MENU_SCREEN_PAGER_H
#define MENU_SCREEN_PAGER_H

#include "menu/run.h"

/* Around a command of R's, which does not start anything. */
void pager_begin(struct platform *p);
void pager_end(void);

/* The command: on, off, or the other of the two; it is on at the start. */
int pager_command(struct runner *r, const char *args);

#endif
