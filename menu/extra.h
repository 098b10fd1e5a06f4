/*
 * What most boots do without: the menu that is shown, what is done by hand,
 * passwords, commands that look at things.  BIOS stage 2 keeps it in its second
 * part, so it is only reached through struct platform's extra().
 */
#ifndef MENU_EXTRA_H
#define MENU_EXTRA_H

#include "menu/run.h"
#include "menu/screen/choose.h"

struct menu_extra {
	/* menu_show(), shell_commands(), shell_edit(), auth_unlock(),
	   tries_once(), tries_check(), tries_take(), upper_tell(),
	   bls_find() */
	void (*choose)(struct platform *p, struct menu_ask *ask,
		       struct menu_choice *out);
	void (*commands)(struct runner *r);
	void (*edit)(struct runner *r, const struct lst_entry *e);
	int (*unlock)(struct runner *r);
	int32_t (*once)(struct mounts *m, const struct config *c);
	int (*check)(struct runner *r, const struct lst_entry *e);
	void (*take)(struct runner *r, const struct lst_entry *e);
	void (*tell_upper)(const struct runner *r, const struct handover *ho);
	int (*entries)(struct config *c, struct mounts *m);
	/* Command CMD, which run_command() does not do.  ERR_COMMAND. */
	int (*command)(struct runner *r, enum lst_cmd cmd, const char *args);
};

extern const struct menu_extra extra_all;

/* struct platform's extra() where all of it is in memory. */
const struct menu_extra *extra_here(const struct platform *p);

/* Whether CMD does anything in an entry; otherwise it is ERR_COMMAND. */
bool extra_supports(enum lst_cmd cmd);

/* Whether more than a note comes of it. */
bool extra_has_effect(enum lst_cmd cmd);

#endif
