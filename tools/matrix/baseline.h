/* An earlier run's JSON, for a matrix to be held against. */
#ifndef TOOLS_MATRIX_BASELINE_H
#define TOOLS_MATRIX_BASELINE_H

#include <jansson.h>

/*
 * The cells of FILE by their ids: a new reference, or NULL with an error
 * reported.
 */
json_t *baseline_read(const char *file);

/*
 * CELL gets "baseline": the status that it had, and "better", "worse",
 * "slower", "same" or "new".  One that is worse or slower becomes a FAIL.
 */
void baseline_judge(const json_t *baseline, json_t *cell);

/* A note for each cell that BASELINE has and the whole of MATRIX has not. */
void baseline_gone(const json_t *baseline, const json_t *matrix);

#endif
