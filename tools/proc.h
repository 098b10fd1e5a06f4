/* Other programs, run to their end. */
#ifndef TOOLS_PROC_H
#define TOOLS_PROC_H

#include <stddef.h>

/*
 * Run ARGV (found in PATH) with the "NAME=VALUE" strings of ENV (may be NULL)
 * added to the environment, stdin and stdout closed.  0, or -1 after an error
 * line that quotes what the program wrote last.  It ends when we do.
 */
int proc_run(const char *const *argv, const char *const *env);

#endif
