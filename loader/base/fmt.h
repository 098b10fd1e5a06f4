/*
 * Formatting without a libc: %s %.*s %c %d %u %x %p %%, with l, ll and z,
 * a width and a leading 0 or -.  (musl's printf uses SSE registers, which the
 * hypervisor must not touch.)
 */
#ifndef LOADER_BASE_FMT_H
#define LOADER_BASE_FMT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Write at most SIZE bytes including the NUL.  Returns the bytes written
 * without the NUL: a result that did not fit is cut, never overrun.
 */
size_t fmt(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
size_t vfmt(char *buf, size_t size, const char *format, va_list ap);

#endif
