/* twinboot.conf, wherever it is. */
#ifndef MENU_CONF_H
#define MENU_CONF_H

#include "menu/config/config.h"

/*
 * Into C, which has been found, what the settings say: those outside of its
 * file system (loader/settings_find.h), else the twinboot.conf beside it, else
 * nothing.  What of it is not understood is told.
 */
void conf_read(struct config *c, struct mounts *m);

#endif
