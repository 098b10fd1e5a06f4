/*
 * The commands that look and tell: none but uuid changes what an entry
 * starts.  ARGS as they stand in the line.
 */
#ifndef MENU_SCREEN_SHOW_H
#define MENU_SCREEN_SHOW_H

#include "menu/run.h"

int show_blocklist(struct runner *r, const char *args);
int show_cat(struct runner *r, const char *args);
int show_cmp(struct runner *r, const char *args);
int show_displaymem(struct runner *r, const char *args);

/* Every device with the file; ERR_FILE_NOT_FOUND when there is none. */
int show_find(struct runner *r, const char *args);

/* The root becomes what has that UUID; without ARGS they are told. */
int show_uuid(struct runner *r, const char *args);

int show_geometry(struct runner *r, const char *args);

#endif
