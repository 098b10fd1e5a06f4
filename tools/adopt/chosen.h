/* Which entry of an old menu.lst NEW starts by itself. */
#ifndef TOOLS_ADOPT_CHOSEN_H
#define TOOLS_ADOPT_CHOSEN_H

#include "tools/adopt/old.h"

/* E starts in NEW; with PV_AUTO also by firmware, if that can. */
bool chosen_can(const struct entry *e, bool pv_auto);

/* It is started by firmware, not as a guest. */
bool chosen_native(const struct entry *e, bool pv_auto);

/*
 * What the menu comes to, which tries its default entry and then its
 * fallbacks: the first that can be started, or the default when there is none.
 */
void chosen_pick(struct entries *e, bool pv_auto);

/* -1 with an error reported that has a word for each: none can be started. */
int chosen_check(const struct old *o, bool pv_auto);

/* "the default, entry 0, cannot ...": why it is another; "" when it is not. */
void chosen_why(const struct entries *e, char *to, size_t size);

#endif
