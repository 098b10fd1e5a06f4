/* The menu.lst of an image. */
#ifndef TOOLS_IMAGE_BOOT_MENU_H
#define TOOLS_IMAGE_BOOT_MENU_H

#include "tools/image/build.h"

/*
 * See that B's tree has one: given, there, or written for --kernel or for the
 * kernel that the tree has.  0, or -1 with an error reported.
 */
int boot_menu_make(struct build *b);

/* The one of T that our loaders find, its name *PATH; NULL: there is none. */
const struct tree_node *boot_menu_node(const struct tree *t, const char **path);

#endif
