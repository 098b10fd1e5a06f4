/*
 * What the templates are filled from: the matrix' JSON with what has to be
 * worked out first.  Everything here makes new references.
 */
#ifndef TOOLS_MATRIX_PAGE_VIEW_H
#define TOOLS_MATRIX_PAGE_VIEW_H

#include <jansson.h>
#include <stdbool.h>

/*
 * PASS, UNCHECKED, FAIL, SKIP, ERROR or MISS: a word and a class.  Else
 * UNKNOWN.
 */
const char *view_status(const json_t *cell);
bool view_has_status(const json_t *cell, const char *status);

/* Whether there is more to say of CELL than its status and why. */
bool view_has_section(const json_t *cell);

/*
 * For name.html: the cell's names, status and the number of its anchor, #cN.
 * One that is missing only has the number.
 */
json_t *view_cell(const json_t *cell);

/*
 * For links.html, a list of cells; NAMED: image by image.  The anchor of a cell
 * that has no section is there.
 */
json_t *view_links(const json_t *cells, bool named);

/*
 * J, of CELL, gets "head", its image's name, if it is the first of that; *IMAGE
 * is what the last one had.
 */
void view_head(json_t *j, const json_t *cell, bool named, const char **image);

/* 1234567 as "1 234 567", with spaces that do not break. */
json_t *view_number(json_int_t n);

/* Facts: those of one cell; and the differences of all, fact by fact. */
json_t *view_facts(const json_t *cell);
json_t *view_differences(const json_t *cells, bool named);

/* For grid.html: tables that fit a phone. */
json_t *view_grids(const json_t *cells);

/* What boots cost; NULL: nobody knows. */
json_t *view_cost(const json_t *cells, bool named);

/* TEXT in pieces { "mark" or "plain": text }: marked is what OTHER lacks. */
json_t *view_words(const char *text, const char *other);

/* Time lines, all to one scale. */
struct view_scale {
	long end, step;	/* of the scale, and from mark to mark, in ms */
};

/* The scale for these cells; .end is 0 when none has a time. */
struct view_scale view_scale(const json_t *cells);

/* One cell's line and what its pieces took, NULL: none; the lines of all. */
json_t *view_time(const json_t *cell, struct view_scale scale);
json_t *view_chart(const json_t *cells, struct view_scale scale, bool named);

/* For cell.html: all that is known of one cell. */
json_t *view_section(const json_t *cell, struct view_scale scale);

#endif
