/* Whether loaders read all of a menu.lst that goes into an image. */
#ifndef TOOLS_IMAGE_MENU_CHECK_H
#define TOOLS_IMAGE_MENU_CHECK_H

/*
 * Check FILE, or when it is NULL the TEXT that was written for --kernel.  0, or
 * -1 with an error reported.
 */
int menu_check(const char *file, const char *text);

#endif
