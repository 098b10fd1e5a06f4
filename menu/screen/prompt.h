/* One line of text, typed and edited at the platform's consoles. */
#ifndef MENU_SCREEN_PROMPT_H
#define MENU_SCREEN_PROMPT_H

#include "loader/platform.h"

struct prompt {
	const char *text;	/* what stands before the line */
	bool hidden;		/* nobody may read what is typed */
	/* Tab: make the line longer.  NULL: that means nothing. */
	void (*complete)(void *ctx, char *buf, size_t size);
	void *ctx;
};

/*
 * Let the user edit BUF, SIZE bytes with what it holds already.  Backspace,
 * Ctrl-U (all of it), Tab, Enter.  False: Escape was pressed.
 */
bool prompt_line(const struct platform *p, const struct prompt *prompt,
		 char *buf, size_t size);

#endif
