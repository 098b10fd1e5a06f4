/* The matrix as a picture. */
#ifndef TOOLS_MATRIX_PAGE_HTMLGRID_H
#define TOOLS_MATRIX_PAGE_HTMLGRID_H

#include <jansson.h>
#include <stdio.h>

/* Images and their entries from above to below, paths and machines across. */
void htmlgrid_put(const json_t *cells, FILE *out);

#endif
