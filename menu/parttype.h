/*
 * Commands that change a byte of an MBR: which partition is active, what type
 * one has.  Each writes sector 0 once; a GPT is none of their business.
 */
#ifndef MENU_PARTTYPE_H
#define MENU_PARTTYPE_H

#include "menu/run.h"

/* The root partition becomes the active one. */
int parttype_makeactive(struct runner *r, const char *args);

/* hide PART, unhide PART: bit 0x10 of its type. */
int parttype_hide(struct runner *r, const char *args);
int parttype_unhide(struct runner *r, const char *args);

/* parttype PART TYPE */
int parttype_set(struct runner *r, const char *args);

#endif
