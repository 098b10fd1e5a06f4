/* COM1, or COM2 when N is 1. */
#ifndef PVBOOT_HV_MACHINE_CONSOLE_COM_H
#define PVBOOT_HV_MACHINE_CONSOLE_COM_H

#include <stdbool.h>
#include <stddef.h>

void com_init(unsigned n);
/* com_write turns \n into \r\n. */
void com_write(const char *s, size_t len);
void com_write_raw(const char *s, size_t len);
/* HANDLER is told of bytes that have come. */
void com_interrupts(void (*handler)(void *arg), void *arg);
int com_read(void);		/* -1: nothing there */
bool com_present(void);
/* Until the last byte is on the line. */
void com_drain(void);

#endif
