/*
 * Text that others wrote, as text in a page.  Whatever comes in - markup,
 * control characters, stray bytes - what goes out is characters to be read,
 * both between tags and in an attribute's double quotes.
 */
#ifndef TOOLS_MATRIX_PAGE_HTML_H
#define TOOLS_MATRIX_PAGE_HTML_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* The string member KEY of J; "" when there is none. */
const char *html_member(const json_t *j, const char *key);

void html_text(const char *s, FILE *out);
void html_bytes(const char *s, size_t len, FILE *out);

/* A console: terminal escapes dropped, each move of the cursor a new line. */
void html_console(const char *s, size_t len, FILE *out);

/* 1234567 as "1 234 567", with spaces that do not break. */
void html_number(json_int_t n, FILE *out);

/*
 * PASS, UNCHECKED, FAIL, SKIP, ERROR or MISS: a word and a class.  Else
 * UNKNOWN.
 */
const char *html_status(const json_t *cell);

/*
 * PATH/PROFILE/ENTRY, as everywhere else, and may break after a slash; one
 * that is missing only has a number.
 */
void html_cell_name(const json_t *cell, FILE *out);

/* The number in the cell's anchor, #cN. */
json_int_t html_cell_id(const json_t *cell);

/* Whether there is more to say of CELL than its status and why. */
bool html_cell_has_section(const json_t *cell);

/* The name as a link to the cell's section. */
void html_cell_link(const json_t *cell, FILE *out);

/*
 * The same for a list of cells; NAMED: image by image.  The anchor of a cell
 * that has no section is here.
 */
void html_cell_links(const json_t *cells, bool named, FILE *out);

#endif
