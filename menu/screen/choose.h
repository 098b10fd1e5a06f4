/*
 * Which entry: the countdown, and the menu if it is to be shown.
 */
#ifndef MENU_SCREEN_CHOOSE_H
#define MENU_SCREEN_CHOOSE_H

#include "loader/platform.h"
#include "menu/config/lst.h"

enum menu_action { MENU_START, MENU_EDIT, MENU_COMMANDS, MENU_PASSWORD };

struct menu_timer {
	uint64_t end;		/* clock_ms() when time is up */
	int32_t left;		/* seconds until then; -1: no countdown */
};

struct menu_ask {
	const struct lst *l;
	uint32_t start;		/* what is taken when time is up */
	struct menu_timer timer;	/* left: the time-out */
	bool shown;		/* the menu was before */
	bool hidden;		/* nothing is shown before Escape is pressed */
	bool locked;		/* a password is wanted for all but starting */
};

struct menu_choice {
	uint32_t entry;
	enum menu_action action;
	bool pressed;		/* a key has ended the countdown */
};

/* Let the user choose. */
void choose_entry(struct platform *p, struct menu_ask *ask,
		  struct menu_choice *out);

/* The countdown's next step.  True when the seconds left have changed. */
bool choose_tick(const struct platform *p, struct menu_timer *t);

/* TITLE into TO with what could upset a terminal replaced; or printed so. */
void choose_clean(char *to, size_t size, const char *title);
void choose_print_title(const struct platform *p, const char *title);

#endif
