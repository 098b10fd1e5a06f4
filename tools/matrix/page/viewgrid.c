/*
 * The picture: a table, cut between paths into tables of so few columns that
 * each fits a phone; where there is room they stand side by side.
 */
#include "tools/matrix/page/view.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/matrix/page/html.h"

#define WIDE 6		/* columns that a phone has room for */

/* Two strings by which cells go together. */
struct line {
	const char *major, *minor;
};

struct place {
	size_t row, column;
	const json_t *cell;
};

struct grid {
	struct line *row, *column;	/* image and entry; path and profile */
	size_t rows, columns;
	struct place *place;		/* by row, then by column */
	size_t n;
	size_t images;
};

static void *array(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (!p)
		abort();
	return p;
}

/* Where MAJOR and MINOR are in LIST; added if they are not there. */
static size_t find(struct line *list, size_t *n, const char *major,
		   const char *minor)
{
	size_t i = 0;

	while (i < *n && (strcmp(list[i].major, major) ||
			  strcmp(list[i].minor, minor)))
		i++;
	if (i == *n)
		list[(*n)++] = (struct line){ major, minor };
	return i;
}

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return 0;
}

static void measure(struct grid *g, const json_t *cells)
{
	size_t n = json_array_size(cells);

	g->row = array(n, sizeof(*g->row));
	g->column = array(n, sizeof(*g->column));
	g->place = array(n, sizeof(*g->place));
	for (size_t i = 0; i < n; i++) {
		const json_t *cell = json_array_get(cells, i);

		if (view_has_status(cell, "MISS"))
			continue;
		g->place[g->n++] = (struct place){
			find(g->row, &g->rows, html_member(cell, "image"),
			     html_member(cell, "entry")),
			find(g->column, &g->columns, html_member(cell, "path"),
			     html_member(cell, "profile")),
			cell,
		};
	}
	for (size_t i = 0; i < g->rows; i++)
		g->images += !i || strcmp(g->row[i - 1].major, g->row[i].major);
	qsort(g->place, g->n, sizeof(*g->place), compare);
}

static void release(struct grid *g)
{
	free(g->row);
	free(g->column);
	free(g->place);
}

/* How many columns from FIRST on, up to END, are of one path. */
static size_t path_width(const struct grid *g, size_t first, size_t end)
{
	size_t n = 1;

	while (first + n < end && !strcmp(g->column[first].major,
					  g->column[first + n].major))
		n++;
	return n;
}

/* The end of the table that begins with FIRST: whole paths, if they fit. */
static size_t table_end(const struct grid *g, size_t first)
{
	size_t n = path_width(g, first, g->columns), more;

	if (n > WIDE) {
		size_t pieces = (n + WIDE - 1) / WIDE;

		return first + (n + pieces - 1) / pieces;
	}
	for (; first + n < g->columns; n += more) {
		more = path_width(g, first + n, g->columns);
		if (n + more > WIDE)
			break;
	}
	return first + n;
}

/* The head of the table of columns FIRST to END: { paths, profiles }. */
static json_t *make_head(const struct grid *g, size_t first, size_t end)
{
	json_t *paths = json_array(), *profiles = json_array();

	for (size_t i = first; i < end; i += path_width(g, i, end))
		json_array_append_new(paths, json_pack("{ss sI}",
			"path", g->column[i].major,
			"span", (json_int_t)path_width(g, i, end)));
	for (size_t i = first; i < end; i++)
		json_array_append_new(profiles,
				      json_string(g->column[i].minor));
	return json_pack("{sI sI so so so}", "width", (json_int_t)(end - first),
			 "span", (json_int_t)(end - first + 1), "paths", paths,
			 "profiles", profiles, "rows", json_array());
}

/* A row begins; IMAGE is that of the row before. */
static json_t *make_row(const struct grid *g, const struct line *row,
			const char *image)
{
	json_t *j = json_pack("{ss so sn}", "entry", row->minor, "fields",
			      json_array(), "head");

	if (g->images > 1 && strcmp(row->major, image))
		json_object_set_new(j, "head", json_string(row->major));
	return j;
}

/* FIELDS gets empty ones up to N. */
static void fill_up(json_t *fields, size_t n)
{
	while (fields && json_array_size(fields) < n)
		json_array_append_new(fields, json_pack("{s[]}", "tiles"));
}

/* Those of the places from I on that are in one row and one field. */
static size_t add_field(const struct grid *g, size_t i, json_t *fields)
{
	const struct place *p = &g->place[i];
	json_t *tiles = json_array();

	/* One, unless an image was given twice. */
	for (; i < g->n && g->place[i].row == p->row &&
	       g->place[i].column == p->column; i++)
		json_array_append_new(tiles, view_cell(g->place[i].cell));
	json_array_append_new(fields, json_pack("{so}", "tiles", tiles));
	return i;
}

static json_t *make_table(const struct grid *g, size_t first, size_t end)
{
	json_t *table = make_head(g, first, end), *fields = NULL;
	json_t *rows = json_object_get(table, "rows"), *j;
	const struct line *row = NULL, *next;

	for (size_t i = 0; i < g->n; ) {
		const struct place *p = &g->place[i];

		if (p->column < first || p->column >= end) {
			i++;
			continue;
		}
		next = &g->row[p->row];
		if (next != row) {
			fill_up(fields, end - first);
			j = make_row(g, next, row ? row->major : "");
			fields = json_object_get(j, "fields");
			json_array_append_new(rows, j);
			row = next;
		}
		fill_up(fields, p->column - first);
		i = add_field(g, i, fields);
	}
	fill_up(fields, end - first);
	return table;
}

json_t *view_grids(const json_t *cells)
{
	json_t *grids = json_array();
	struct grid g = { 0 };

	measure(&g, cells);
	for (size_t i = 0; i < g.columns; i = table_end(&g, i))
		json_array_append_new(grids, make_table(&g, i,
							table_end(&g, i)));
	release(&g);
	return grids;
}
