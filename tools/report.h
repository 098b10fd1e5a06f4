/* What the host program says: errors and notes on stderr, one line each. */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include <stdbool.h>

/* How much is said: with -q errors only, with -v also what is run. */
enum report_level { REPORT_QUIET, REPORT_USUAL, REPORT_VERBOSE };

void report_talk(enum report_level level);
bool report_says(enum report_level level);

/* "twinboot: ..." on stderr.  Returns -1 so that callers can return it. */
int report_error(const char *format, ...)
	__attribute__((format(printf, 1, 2), cold));

/* The same with ": " and errno's text behind it. */
int report_errno(const char *format, ...)
	__attribute__((format(printf, 1, 2), cold));

/* The last error's line without "twinboot: ", "" when there was none. */
const char *report_last(void);

/* "twinboot: note: ..." on stderr. */
void report_note(const char *format, ...)
	__attribute__((format(printf, 1, 2), cold));

/* "twinboot: runs ARGV[0] ..." on stderr, with -v; ARGV ends with NULL. */
void report_command(const char *const *argv);

#endif
