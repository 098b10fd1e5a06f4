/*
 * The line that is typed.  One that does not only get a character more is
 * written anew; of one longer than a row its end is shown.
 */
#include "menu/screen/prompt.h"

#include <string.h>

#include "menu/run.h"

#define KEY_ESC 0x1b
#define KEY_BACKSPACE 0x08
#define KEY_DELETE 0x7f
#define KEY_CTRL_U 0x15
#define WIDTH 78		/* columns of a row */

/* BUF may be a line of menu.lst: it must not reach the terminal's controls. */
static void show(const struct platform *p, const struct prompt *prompt,
		 const char *buf)
{
	size_t room = WIDTH - strlen(prompt->text), len = strlen(buf), n = 0;
	char row[WIDTH + 1];

	if (len > room)
		buf += len - room;
	if (p->console_flags & CONSOLE_NO_ECHO)
		buf = "";
	for (; buf[n]; n++)
		row[n] = prompt->hidden ? '*' : (uint8_t)buf[n] < ' ' ||
			 buf[n] == KEY_DELETE ? '?' : buf[n];
	row[n] = 0;
	say(p, "\r%s%s\033[K", prompt->text, row);
}

/* KEY is put into BUF or takes from it.  False: it means nothing. */
static bool edit(char *buf, size_t size, int key)
{
	size_t len = strlen(buf);

	if (key == KEY_CTRL_U) {
		buf[0] = 0;
	} else if ((key == KEY_BACKSPACE || key == KEY_DELETE) && len) {
		buf[len - 1] = 0;
	} else if (key >= ' ' && key < KEY_DELETE && len + 1 < size) {
		buf[len] = (char)key;
		buf[len + 1] = 0;
	} else {
		return false;
	}
	return true;
}

bool prompt_line(const struct platform *p, const struct prompt *prompt,
		 char *buf, size_t size)
{
	show(p, prompt, buf);
	for (;;) {
		int key = run_wait_key(p);

		if (key == '\n' || key == '\r' || key == KEY_ESC) {
			say(p, "\n");
			return key != KEY_ESC;
		}
		if (p->console_flags & CONSOLE_NO_EDIT &&
		    (key == '\t' || key == KEY_CTRL_U))
			continue;
		if (key == '\t' && prompt->complete)
			prompt->complete(prompt->ctx, buf, size);
		else if (!edit(buf, size, key))
			continue;
		if (p->console_flags & CONSOLE_NO_ECHO)
			continue;
		if (key >= ' ' && key < KEY_DELETE &&
		    strlen(prompt->text) + strlen(buf) <= WIDTH)
			say(p, "%c", prompt->hidden ? '*' : key);
		else
			show(p, prompt, buf);
	}
}
