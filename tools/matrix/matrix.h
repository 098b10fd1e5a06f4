/* The cells of a matrix, and the ways its outcome is written. */
#ifndef TOOLS_MATRIX_MATRIX_H
#define TOOLS_MATRIX_MATRIX_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/matrix/cell.h"

#define MATRIX_SCHEMA "twinboot-matrix-1"

struct matrix {
	struct cell *cell;
	unsigned n;
	unsigned shard, shards;	/* 1-based; 0 of 0: all of it is ours */
};

/* Whether cell I is run by us, and not by another shard. */
bool matrix_is_ours(const struct matrix *m, unsigned i);

/* Test Anything Protocol, version 14: the plan, then a line a cell. */
void matrixout_tap_plan(unsigned n, FILE *out);
void matrixout_tap(const json_t *cell, unsigned number, FILE *out);

/* For people: path, loader, kernel, what it got, what it cost. */
void matrixout_table(const json_t *matrix, FILE *out);

/* docs/matrix.md has the schema.  New references. */
struct matrixtell;
json_t *matrixout_cell(const struct cell *c, unsigned number,
		       const struct matrixtell *t);
json_t *matrixout_json(const struct matrix *m, const struct matrixtell *t);

/*
 * What T makes of CELL: one that is UNCHECKED may be allowed, one that is worse
 * than in the baseline fails.
 */
void matrixout_settle(json_t *cell, const struct matrixtell *t);

/* 0 all pass, 1 one failed, 77 all skipped, 99 the harness failed. */
int matrixout_status(const json_t *matrix);

struct matrixtell {
	const char *json, *junit, *html; /* files to write, or NULL */
	const char *dir;		/* a directory for each cell, or NULL */
	bool table;			/* and a table on stdout */
	bool lava;			/* signals for LAVA on stdout */
	bool allow_unchecked;		/* such a cell is no failure */
	const json_t *baseline;		/* baseline.h, or NULL */
};

/* Whether all that T asks for can be written; -1 with an error reported. */
int matrixtell_check(const struct matrixtell *t);

/* CELL is over: a line of TAP unless there is a table, LAVA's signals. */
void matrixtell_cell(const struct matrixtell *t, const json_t *cell,
		     unsigned number);

#define MATRIX_JOBS_MAX 32

/*
 * Run all that is ours, at most JOBS machines at a time; each cell is told as T
 * says when it is over.  0, or the signal that ended it.
 */
int matrixrun_cells(struct matrix *m, unsigned jobs,
		    const struct matrixtell *t);

/* Both: the exit status, 99 with an error reported. */
int matrixtell_all(const json_t *matrix, const struct matrixtell *t);
int matrixmerge_run(const struct matrixtell *t, int n, char **files);

#endif
