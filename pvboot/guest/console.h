/* hvc0: the console ring that Xen gave us in start_info. */
#ifndef PVBOOT_GUEST_CONSOLE_H
#define PVBOOT_GUEST_CONSOLE_H

#include <stddef.h>

/* The ring page; called once, before all else here. */
void console_init(void *ring);

void console_write(const char *s, size_t len);
/* A formatted line. */
void console_line(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
int console_key(void);	/* struct platform's key() */

/*
 * Show what was written.  It is shown by itself when the ring is full or
 * something is waited for for long.
 */
void console_tell(void);

/* Wait until the backend has taken all that was written (or one second). */
void console_drain(void);

#endif
