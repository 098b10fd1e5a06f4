/*
 * The picture: a table, cut between paths into tables of so few columns that
 * each fits a phone; where there is room they stand side by side.
 */
#include "tools/matrix/page/htmlgrid.h"

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

static bool is_missing(const json_t *cell)
{
	return !strcmp(html_status(cell), "MISS");
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

		if (is_missing(cell))
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

static void put_head(const struct grid *g, size_t first, size_t end, FILE *out)
{
	fputs("<thead><tr><td></td>", out);
	for (size_t i = first; i < end; i += path_width(g, i, end)) {
		fprintf(out, "<th scope=\"colgroup\" colspan=\"%zu\">",
			path_width(g, i, end));
		html_text(g->column[i].major, out);
		fputs("</th>", out);
	}
	fputs("</tr>\n<tr><td>entry</td>", out);
	for (size_t i = first; i < end; i++) {
		fputs("<th scope=\"col\"><span>", out);
		html_text(g->column[i].minor, out);
		fputs("</span></th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
}

/* ROW begins; IMAGE is that of the row before. */
static void begin_row(const struct grid *g, const struct line *row,
		      const char *image, size_t width, FILE *out)
{
	if (g->images > 1 && strcmp(row->major, image)) {
		fprintf(out, "<tr><th scope=\"rowgroup\" colspan=\"%zu\">",
			width + 1);
		html_text(row->major, out);
		fputs("</th></tr>\n", out);
	}
	fputs("<tr><th scope=\"row\">", out);
	html_text(row->minor, out);
	fputs("</th>", out);
}

/* Empty fields up to COLUMN. */
static void put_gap(size_t from, size_t column, FILE *out)
{
	for (; from < column; from++)
		fputs("<td>\xc2\xb7</td>", out);
}

static void put_tile(const json_t *cell, FILE *out)
{
	fprintf(out, "<a class=\"status %s\" href=\"#c%" JSON_INTEGER_FORMAT
		"\">%s</a>", html_status(cell), html_cell_id(cell),
		html_status(cell));
}

/* Those of the places from I on that are in one row and one field. */
static size_t put_field(const struct grid *g, size_t i, FILE *out)
{
	const struct place *p = &g->place[i];

	fputs("<td>", out);
	/* One, unless an image was given twice. */
	for (; i < g->n && g->place[i].row == p->row &&
	       g->place[i].column == p->column; i++)
		put_tile(g->place[i].cell, out);
	fputs("</td>", out);
	return i;
}

static void put_table(const struct grid *g, size_t first, size_t end, FILE *out)
{
	const struct line *row = NULL, *next;
	size_t at = end;

	fprintf(out, "<table class=\"grid w%zu\">\n", end - first);
	put_head(g, first, end, out);
	for (size_t i = 0; i < g->n; ) {
		if (g->place[i].column < first || g->place[i].column >= end) {
			i++;
			continue;
		}
		next = &g->row[g->place[i].row];
		if (next != row) {
			put_gap(at, end, out);
			fputs(row ? "</tr>\n" : "", out);
			begin_row(g, next, row ? row->major : "", end - first,
				  out);
			row = next;
			at = first;
		}
		put_gap(at, g->place[i].column, out);
		at = g->place[i].column + 1;
		i = put_field(g, i, out);
	}
	put_gap(at, end, out);
	fputs("</tr>\n</tbody></table>\n", out);
}

/* They have no path and no machine: nobody knows what they are. */
static void put_missing(const json_t *cells, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(cells); i++) {
		const json_t *cell = json_array_get(cells, i);

		if (!is_missing(cell))
			continue;
		fputs(n++ ? " " : "<p class=\"missing\">In no shard: ", out);
		fprintf(out, "<a class=\"status MISS\" href=\"#c%"
			JSON_INTEGER_FORMAT "\"><b>%" JSON_INTEGER_FORMAT
			" MISS</b></a>", html_cell_id(cell),
			html_cell_id(cell));
	}
	if (n)
		fputs("</p>\n", out);
}

void htmlgrid_put(const json_t *cells, FILE *out)
{
	struct grid g = { 0 };

	measure(&g, cells);
	fputs("<div class=\"grids\">\n", out);
	for (size_t i = 0; i < g.columns; i = table_end(&g, i))
		put_table(&g, i, table_end(&g, i), out);
	fputs("</div>\n", out);
	put_missing(cells, out);
	release(&g);
}
