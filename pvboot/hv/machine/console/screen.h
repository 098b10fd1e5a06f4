/* Text on the machine's screen. */
#ifndef PVBOOT_HV_MACHINE_CONSOLE_SCREEN_H
#define PVBOOT_HV_MACHINE_CONSOLE_SCREEN_H

#include <stddef.h>

/* The boot loader's picture, or VGA's text mode.  Needs time_init(). */
void screen_init(void);
/* It shows a moment later. */
void screen_write(const char *s, size_t len);
/* Now. */
void screen_flush(void);

#endif
