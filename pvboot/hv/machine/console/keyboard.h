/* A PC keyboard: what the firmware has left of one. */
#ifndef PVBOOT_HV_MACHINE_CONSOLE_KEYBOARD_H
#define PVBOOT_HV_MACHINE_CONSOLE_KEYBOARD_H

/* HANDLER is told of bytes that have been typed, if there is a keyboard. */
void keyboard_interrupts(void (*handler)(void *arg), void *arg);
int keyboard_read(void);	/* -1: nothing there */

#endif
