#include "loader/platform.h"

#include "loader/base/fmt.h"

void say(const struct platform *p, const char *format, ...)
{
	char line[1024];
	va_list ap;
	size_t n;

	va_start(ap, format);
	n = vfmt(line, sizeof(line), format, ap);
	va_end(ap);
	p->write(line, n);
}
