/*
 * Text that others wrote, as text in a page.  Whatever comes in - markup,
 * control characters, stray bytes - what goes out is characters to be read,
 * both between tags and in an attribute's double quotes.
 */
#ifndef TOOLS_MATRIX_PAGE_HTML_H
#define TOOLS_MATRIX_PAGE_HTML_H

#include <jansson.h>
#include <stdio.h>

/* The string member KEY of J; "" when there is none. */
const char *html_member(const json_t *j, const char *key);

void html_text(const char *s, FILE *out);
void html_bytes(const char *s, size_t len, FILE *out);

/*
 * A console as characters that can be seen, malloc'd, not yet as text in a
 * page: terminal escapes dropped, each move of the cursor a new line.
 */
char *html_console(const char *s, size_t len);

/* S the same way, with its escapes as characters like any others. */
char *html_visible(const char *s);

#endif
