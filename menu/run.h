/*
 * Running an entry of menu.lst.
 */
#ifndef MENU_RUN_H
#define MENU_RUN_H

#include "menu/config/config.h"

struct runner {
	struct platform *p;
	const struct config *config;
	struct mounts mounts;
	struct device root;
	uint32_t number;		/* of the entry that was chosen */
	struct boot_entry *entry;	/* what `kernel` and `initrd` opened */
	/* Set by `configfile`: go on with this file, relative to root. */
	char *configfile;
	const struct lst_entry *on_trial;	/* marked "tries=N", or NULL */
	bool by_hand;	/* a user chose it: it starts however often it was */
	bool not_counted;	/* there is no environment block */
	bool trusted;	/* the header's password was typed */
	const char *type;	/* what `kernel --type=' says, or NULL */
	bool typed;	/* on the command line: somebody reads */
	bool quiet;	/* lines are not printed */
	bool ended;	/* halt or reboot, on a platform where they return */
};

/*
 * Run entry E.  0: it ended without starting a kernel (look at configfile and
 * ended).  Errors as they come; all memory is still held.
 */
int run_entry(struct runner *r, const struct lst_entry *e);

/*
 * The same by hand: begin with a TITLE that stays, run lines as they are typed
 * (ERR_COMMAND for an unknown one), start what they named.
 */
int run_begin(struct runner *r, const char *title);
int run_typed(struct runner *r, const char *line);
int run_end(struct runner *r);

/* Whether CMD is done here; if not, ask menu/extra.h. */
bool run_supports(enum lst_cmd cmd);

/* The command: what it opens is r->configfile. */
int run_configfile(struct runner *r, const char *args);

/* A key that waits as `setkey' has it, or KEY_NONE; wait for one. */
int run_key(const struct platform *p);
int run_wait_key(const struct platform *p);

#endif
