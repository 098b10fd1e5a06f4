/* Other programs, run to their end. */
#ifndef TOOLS_PROC_H
#define TOOLS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Run ARGV (found in PATH) with the "NAME=VALUE" strings of ENV (may be NULL)
 * added to the environment, stdin and stdout closed.  0, or -1 after an error
 * line: WHAT, which names the user's file and says what is wrong with it, and
 * in brackets what the program wrote last.  It ends when we do.
 */
int proc_run(const char *what, const char *const *argv, const char *const *env);

/* The same; no file that it writes becomes larger than MAX bytes. */
int proc_run_limited(const char *what, const char *const *argv, uint64_t max);

/*
 * The same; ARGV says how far it is in percent, as qemu-img -p does:
 * "(12.34/100%)", and PERCENT hears it with ARG.
 */
int proc_run_watched(const char *what, const char *const *argv,
		     void (*percent)(void *arg, double done), void *arg);

/*
 * What it writes to its stdout, from the start; NULL: it failed, as above, or
 * took longer than SECONDS, if that is not 0: who opens a FIFO waits for ever.
 */
FILE *proc_output(const char *what, const char *const *argv, unsigned seconds);

/*
 * The same, and how it ends is no error: that, or 128 and the number of the
 * signal; -1 when it did not run.  WORDS: what it wrote last.
 */
int proc_status(const char *const *argv, char *words, size_t size);

/* The Debian package that has PROGRAM, NULL when that is not known. */
const char *proc_package(const char *program);

/*
 * Whether PROGRAM is in PATH or where Debian keeps such programs.  If not, an
 * error names its package, once in our life.
 */
bool proc_has(const char *program);

#endif
