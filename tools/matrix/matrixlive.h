/* The matrix as a table that changes while it runs, on a terminal only. */
#ifndef TOOLS_MATRIX_MATRIXLIVE_H
#define TOOLS_MATRIX_MATRIXLIVE_H

#include "tools/matrix/matrix.h"

/* Draw it in the place of the last one; a few times a second at most. */
void matrixlive_show(const struct matrix *m);

/* Take it away, before something else is written. */
void matrixlive_wipe(void);

#endif
