/* All that is known of one cell. */
#ifndef TOOLS_MATRIX_PAGE_HTMLCELL_H
#define TOOLS_MATRIX_PAGE_HTMLCELL_H

#include "tools/matrix/page/htmltime.h"

/* A section, to be linked to. */
void htmlcell_put(const json_t *cell, struct htmltime scale, FILE *out);

#endif
