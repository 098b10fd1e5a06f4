/* Time lines of cells, all to one scale. */
#ifndef TOOLS_MATRIX_PAGE_HTMLTIME_H
#define TOOLS_MATRIX_PAGE_HTMLTIME_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct htmltime {
	long end, step;	/* of the scale, and from mark to mark, in ms */
};

/* The scale for these cells; .end is 0 when none has a time. */
struct htmltime htmltime_scale(const json_t *cells);

/* One cell's line, and what its pieces took in words. */
void htmltime_cell(const json_t *cell, struct htmltime t, FILE *out);

/* The lines of all cells below each other.  NAMED: image by image. */
void htmltime_chart(const json_t *cells, struct htmltime t, bool named,
		    FILE *out);

#endif
