/* How far a long step is: one changing line on a terminal, or JSON. */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

enum progress_mode {
	PROGRESS_AUTO,		/* on a terminal only */
	PROGRESS_JSON,		/* lines on stderr, each an object */
	PROGRESS_NO,
};
extern enum progress_mode progress_mode;

/* --progress VALUE: 0, or -1 reported. */
int progress_choose(const char *value);

/* WHAT is done; DONE of TOTAL bytes.  TOTAL 0: nobody knows; "": the end. */
void progress_say(const char *what, uint64_t done, uint64_t total);

/* Before anything else is written to stderr. */
void progress_wipe(void);

/*
 * The line for a terminal (or one of JSON) after NS nanoseconds, without its
 * end: bytes, rate, time left.
 */
void progress_line(char *to, size_t size, enum progress_mode mode,
		   const char *what, uint64_t done, uint64_t total,
		   uint64_t ns);

#endif
