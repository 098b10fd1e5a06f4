/* One page for people: no script, nothing fetched from elsewhere. */
#ifndef TOOLS_MATRIX_MATRIXHTML_H
#define TOOLS_MATRIX_MATRIXHTML_H

#include <jansson.h>
#include <stdio.h>

/* MATRIX is what matrixout_json() makes. */
void matrixhtml_write(const json_t *matrix, FILE *out);

#endif
