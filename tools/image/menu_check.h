/* Whether loaders read all of a menu.lst that goes into an image. */
#ifndef TOOLS_IMAGE_MENU_CHECK_H
#define TOOLS_IMAGE_MENU_CHECK_H

/* Check TEXT, which is called NAME.  0, or -1 with an error reported. */
int menu_check(const char *name, const char *text);

#endif
