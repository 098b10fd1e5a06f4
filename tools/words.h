/* Options that are numbers, or lists of names: "a,b,c". */
#ifndef TOOLS_WORDS_H
#define TOOLS_WORDS_H

#include <stdbool.h>

/* Whether NAME is a word of LIST; NULL has none. */
bool words_has(const char *list, const char *name);

/* FIND knows every word of LIST; else -1, with an error that names OPTION. */
int words_check(const char *option, const char *list,
		const void *(*find)(const char *name));

/* TEXT, a whole number up to 2^20; else -1, with an error that names OPTION. */
int words_number(const char *option, const char *text, unsigned *out);

#endif
