/* What a kernel got beside what its image promises. */
#ifndef TOOLS_MATRIX_PAGE_HTMLFACTS_H
#define TOOLS_MATRIX_PAGE_HTMLFACTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* A table of one cell's facts; nothing when it has none. */
void htmlfacts_cell(const json_t *cell, FILE *out);

/*
 * Fact by fact, the cells where what was got is not what was wanted.  NAMED:
 * each also by its image.  Nothing when no cell has facts.
 */
void htmlfacts_differences(const json_t *cells, bool named, FILE *out);

#endif
