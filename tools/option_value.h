/* Options that are numbers, or lists of names: "a,b,c". */
#ifndef TOOLS_OPTION_VALUE_H
#define TOOLS_OPTION_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether NAME is a word of LIST; NULL has none. */
bool option_value_has(const char *list, const char *name);

/* FIND knows every word of LIST; else -1, with an error that names OPTION. */
int option_value_check(const char *option, const char *list,
		const void *(*find)(const char *name));

/* TEXT, a number from MIN to 2^20; else -1, with an error that names OPTION. */
int option_value_number(const char *option, const char *text, unsigned min,
			unsigned *out);

/*
 * "512M", "2GiB", or MiB: "512".  Whole MiB, at most 1 TiB; else -1, with an
 * error that names OPTION.
 */
int option_value_memory(const char *option, const char *text, unsigned *mib);

#endif
