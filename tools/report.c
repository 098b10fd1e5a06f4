/*
 * Messages.  A progress line is wiped before anything else is written, so that
 * an error never stands behind half a line.
 */
#include "tools/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/progress.h"
#include "tools/text.h"

static char last_error[8192];
static enum report_level talk = REPORT_USUAL;

void report_talk(enum report_level level)
{
	talk = level;
}

bool report_says(enum report_level level)
{
	return talk >= level;
}

static void message(const char *format, va_list ap, const char *tail)
{
	size_t len;

	vsnprintf(last_error, sizeof(last_error), format, ap);
	len = strlen(last_error);
	if (tail)
		snprintf(last_error + len, sizeof(last_error) - len, ": %s",
			 tail);
	progress_wipe();
	fputs("twinboot: ", stderr);
	text_put(last_error, stderr);
	fputc('\n', stderr);
}

const char *report_last(void)
{
	return last_error;
}

int report_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message(format, ap, NULL);
	va_end(ap);
	return -1;
}

int report_errno(const char *format, ...)
{
	const char *tail = strerror(errno);
	va_list ap;

	va_start(ap, format);
	message(format, ap, tail);
	va_end(ap);
	return -1;
}

void report_note(const char *format, ...)
{
	char text[8192];
	va_list ap;

	if (!report_says(REPORT_USUAL))
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	progress_wipe();
	fputs("twinboot: note: ", stderr);
	text_put(text, stderr);
	fputc('\n', stderr);
}

void report_command(const char *const *argv)
{
	if (!report_says(REPORT_VERBOSE))
		return;
	progress_wipe();
	fputs("twinboot: runs", stderr);
	for (; *argv; argv++) {
		fputc(' ', stderr);
		text_put(*argv, stderr);
	}
	fputc('\n', stderr);
}
