/*
 * Lines for the machine's owner, on its console.  The last one is panic()'s.
 */
#include "pvboot/hv/machine/console/log.h"

#include <stdarg.h>

#include "loader/base/fmt.h"
#include "pvboot/hv/machine/console/tty.h"
#include "pvboot/hv/machine/power.h"
#include "pvboot/hv/machine/smp.h"

static void log_line(const char *format, va_list ap)
{
	char line[256];
	size_t n = vfmt(line, sizeof(line), format, ap);

	tty_write("(hv) ", 5);
	tty_write(line, n);
	tty_write("\n", 1);
}

void hv_log(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(format, ap);
	va_end(ap);
}

void panic(const char *format, ...)
{
	va_list ap;

	smp_stop();
	va_start(ap, format);
	tty_write("(hv) panic\n", 11);
	log_line(format, ap);
	va_end(ap);
	power_crash();
}
