/*
 * Entries that are on trial, marked "#twinboot tries=N": they are started N
 * times, and then left for their fallback, unless the system that they start
 * says in the environment block that it is good.  What is kept there:
 *
 *	left-XXXXXXXX=N		starts left of the entry with that checksum, or
 *	left-XXXXXXXX=good
 *	last=XXXXXXXX		the entry that was started last
 *	once=N			start entry N next time, with `default saved`
 */
#ifndef MENU_TRIES_H
#define MENU_TRIES_H

#include "loader/envstore.h"
#include "menu/run.h"

/* The environment block of C's disk, read or made; S is not moved. */
int tries_find(struct envstore *s, struct mounts *m, const struct config *c);
int tries_make(struct envstore *s, struct mounts *m, const struct config *c);

/* May R's entry E start?  ERR_BOOT: it was tried as often as it may be. */
int tries_check(struct runner *r, const struct lst_entry *e);

/*
 * It starts now: one less is left.  Where that cannot be kept a line says so,
 * and it starts as if it were not marked.
 */
void tries_take(struct runner *r, const struct lst_entry *e);

/*
 * The entry for the next start only, of the environment block or of the file
 * "default", used up; -1: none.  What cannot be used up does not count, and is
 * told.
 */
int32_t tries_once(struct mounts *m, const struct config *c);

#endif
