/*
 * The console's parts, by what "console=" asks for.
 */
#include "pvboot/hv/machine/console/tty.h"

#include <stdbool.h>
#include <string.h>

#include "pvboot/hv/machine/console/com.h"
#include "pvboot/hv/machine/console/keyboard.h"
#include "pvboot/hv/machine/console/screen.h"

static unsigned used = TTY_COM1;
static char early[1024];	/* what a screen has missed */
static size_t early_len;
static bool asked;

void tty_init(void)
{
	com_init(0);
}

void tty_use(unsigned which)
{
	used = which ? which : com_present() ? TTY_COM1 : TTY_VGA;
	asked = true;
	if (used & TTY_COM2)
		com_init(1);
	if (!(used & TTY_VGA))
		return;
	screen_init();
	screen_write(early, early_len);
}

static void write_screen(const char *s, size_t len)
{
	size_t n = sizeof(early) - early_len;

	if (used & TTY_VGA)
		screen_write(s, len);
	if (asked)
		return;
	n = len < n ? len : n;
	memcpy(early + early_len, s, n);
	early_len += n;
}

void tty_write(const char *s, size_t len)
{
	write_screen(s, len);
	if (used & (TTY_COM1 | TTY_COM2))
		com_write(s, len);
}

void tty_write_raw(const char *s, size_t len)
{
	write_screen(s, len);
	if (used & (TTY_COM1 | TTY_COM2))
		com_write_raw(s, len);
}

void tty_interrupts(void (*handler)(void *arg), void *arg)
{
	if (used & (TTY_COM1 | TTY_COM2))
		com_interrupts(handler, arg);
	if (used & TTY_VGA)
		keyboard_interrupts(handler, arg);
}

int tty_read(void)
{
	int c = used & (TTY_COM1 | TTY_COM2) ? com_read() : -1;

	return c < 0 ? keyboard_read() : c;
}

void tty_drain(void)
{
	if (used & TTY_VGA)
		screen_flush();
	com_drain();
}
