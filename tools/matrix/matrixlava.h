/*
 * LAVA signals: lines in the output of a test by which LAVA learns of its test
 * cases (docs.lavasoftware.org, "Writing a Lava-Test Test Definition 1.0").
 */
#ifndef TOOLS_MATRIX_MATRIXLAVA_H
#define TOOLS_MATRIX_MATRIXLAVA_H

#include <stdio.h>

#include "tools/matrix/matrix.h"

/*
 * Give each cell of M its id: the same in every shard, unlike all others, of
 * letters, digits and "._-".
 */
void matrixlava_name(struct matrix *m);

/* Before and after all else that is said of CELL. */
void matrixlava_start(const json_t *cell, FILE *out);
void matrixlava_end(const json_t *cell, FILE *out);

#endif
