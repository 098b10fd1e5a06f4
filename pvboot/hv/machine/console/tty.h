/* The machine's console: a serial port, screen and keyboard, or both. */
#ifndef PVBOOT_HV_MACHINE_CONSOLE_TTY_H
#define PVBOOT_HV_MACHINE_CONSOLE_TTY_H

#include <stddef.h>

/* The order of the names that "console=" knows. */
enum { TTY_COM1 = 1, TTY_COM2 = 2, TTY_VGA = 4 };

/*
 * COM1, until tty_use() says which (0: COM1, or the screen without one);
 * a screen gets what has been said.
 */
void tty_init(void);
void tty_use(unsigned which);
/* tty_write turns \n into \r\n. */
void tty_write(const char *s, size_t len);
void tty_write_raw(const char *s, size_t len);
/* HANDLER is told of bytes that have come. */
void tty_interrupts(void (*handler)(void *arg), void *arg);
int tty_read(void);		/* -1: nothing there */
/* Until all of it can be seen. */
void tty_drain(void);

#endif
