/* What one text has and another has not. */
#ifndef TOOLS_MATRIX_PAGE_HTMLDIFF_H
#define TOOLS_MATRIX_PAGE_HTMLDIFF_H

#include <stdio.h>

/* TEXT, escaped, with the words that OTHER lacks in <mark>. */
void htmldiff_words(const char *text, const char *other, FILE *out);

#endif
