/* One line of text, typed and edited at the platform's consoles. */
#ifndef MENU_PROMPT_H
#define MENU_PROMPT_H

#include "loader/platform.h"

/*
 * Let the user edit BUF, SIZE bytes with what it holds already, behind PROMPT.
 * Backspace, Ctrl-U (all of it), Enter.  False: Escape was pressed.
 */
bool prompt_line(const struct platform *p, const char *prompt, char *buf,
		 size_t size);

#endif
