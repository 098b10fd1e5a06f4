/* Lines for the machine's owner. */
#ifndef PVBOOT_HV_MACHINE_CONSOLE_LOG_H
#define PVBOOT_HV_MACHINE_CONSOLE_LOG_H

/* One line on the machine's console, "(hv) " before it. */
void hv_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A bug of ours, or a machine we cannot run on. */
_Noreturn void panic(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
