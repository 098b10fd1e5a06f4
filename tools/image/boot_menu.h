/* The menu.lst of an image. */
#ifndef TOOLS_IMAGE_BOOT_MENU_H
#define TOOLS_IMAGE_BOOT_MENU_H

#include "tools/image/build.h"

/*
 * See that B's tree has one: given, there, or written for --kernel or for the
 * kernel that the tree has.  0, or -1 with an error reported.
 */
int boot_menu_make(struct build *b);

/* Whether T has one where our loaders look for it. */
bool boot_menu_is_there(const struct tree *t);

#endif
