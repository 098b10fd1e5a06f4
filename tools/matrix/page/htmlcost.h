/* What boots cost. */
#ifndef TOOLS_MATRIX_PAGE_HTMLCOST_H
#define TOOLS_MATRIX_PAGE_HTMLCOST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * Instructions and disk requests of all cells; nothing when none has any.
 * NAMED: image by image.
 */
void htmlcost_put(const json_t *cells, bool named, FILE *out);

#endif
