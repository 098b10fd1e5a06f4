/*
 * `uppermem': how much memory above 1 MiB a kernel is told of.
 */
#ifndef MENU_UPPER_H
#define MENU_UPPER_H

#include "menu/run.h"

int upper_set(struct runner *r, const char *args);

/* R's entry is about to start as HO: whether its kernel hears of it. */
void upper_tell(const struct runner *r, const struct handover *ho);

#endif
