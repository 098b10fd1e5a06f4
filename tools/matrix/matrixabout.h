/* When, where and with what a matrix was run. */
#ifndef TOOLS_MATRIX_MATRIXABOUT_H
#define TOOLS_MATRIX_MATRIXABOUT_H

#include <jansson.h>

/*
 * {"date", "host", "system", "processors", "twinboot"}, and "qemu" if one of
 * CELLS says with which it was booted: a new reference.
 */
json_t *matrixabout_json(const json_t *cells);

#endif
