/* What a line that is typed can go on with: commands, devices, files. */
#ifndef MENU_SCREEN_COMPLETE_H
#define MENU_SCREEN_COMPLETE_H

#include "menu/run.h"

/*
 * Make BUF, SIZE bytes, longer by what all that it can become have in common,
 * or show some of what that is.  CTX is a struct runner; what is mounted for a
 * look is undone.
 */
void complete_line(void *ctx, char *buf, size_t size);

#endif
