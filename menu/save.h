/*
 * GRUB's file "default" beside the configuration: "3\n\n..." is the entry that
 * `default saved` starts, "3:1\n..." has one more for the next start only.
 * Its first ten bytes are written in place; the file never grows.
 */
#ifndef MENU_SAVE_H
#define MENU_SAVE_H

#include "menu/run.h"

/* The command savedefault [NUMBER | fallback] [--default=N] [--once]. */
int save_default(struct runner *r, const char *args);

/*
 * C's once is used up: the file has c->saved alone again.  ERR_WRITE and
 * others: it still has both.
 */
int save_settle(struct mounts *m, const struct config *c);

#endif
