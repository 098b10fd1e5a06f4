#include "loader/platform.h"

#include "loader/base/ansi.h"
#include "loader/base/fmt.h"

/* For who has no control sequences: where one moves, a new line begins. */
static size_t make_plain(char *s, size_t len)
{
	struct ansi a = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		enum ansi_op op = ansi_take(&a, s[i]);

		if (op == ANSI_PUT)
			s[n++] = s[i];
		else if (op == ANSI_MOVE)
			s[n++] = '\n';
	}
	return n;
}

void say(const struct platform *p, const char *format, ...)
{
	char line[1024];
	va_list ap;
	size_t n;

	va_start(ap, format);
	n = vfmt(line, sizeof(line), format, ap);
	va_end(ap);
	if (p->console_flags & CONSOLE_DUMB)
		n = make_plain(line, n);
	p->write(line, n);
}
