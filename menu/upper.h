/*
 * `uppermem': how much memory above 1 MiB a kernel is told of.
 */
#ifndef MENU_UPPER_H
#define MENU_UPPER_H

#include "menu/run.h"

int upper_set(struct runner *r, const char *args);

/*
 * R's entry is about to start: a Linux kernel hears of it by mem=, unless its
 * command line has one.  ERR_READ, ERR_NO_MEMORY.
 */
int upper_limit(struct runner *r);

#endif
