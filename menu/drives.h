/* `map': drives as a boot sector is to see them. */
#ifndef MENU_DRIVES_H
#define MENU_DRIVES_H

#include "menu/run.h"

/* "(hdTO) (hdFROM)"; a drive that is mapped to itself is mapped no more. */
int drives_map(struct runner *r, const char *args);

#endif
