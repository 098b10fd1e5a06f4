/*
 * A line for each cell: its name, status, time, and what its console said last.
 * When there are more cells than lines on the screen, those that run are shown,
 * and all are counted.  Written to stderr; what a guest says goes there without
 * its control characters.
 */
#include "tools/matrix/matrixlive.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/vm/vm.h"

#define EVERY_MS 250

static unsigned lines;		/* on the screen now */

void matrixlive_wipe(void)
{
	if (lines)
		fprintf(stderr, "\033[%uA\r\033[J", lines);
	fflush(stderr);
	lines = 0;
}

/* At most WIDTH bytes of S, those that any terminal prints. */
static void put_words(const char *s, unsigned width)
{
	for (; *s && width; s++, width--)
		fputc(*s >= ' ' && *s < 0x7f ? *s : ' ', stderr);
}

/* The last line of C's console that says anything, at most WIDTH of it. */
static void put_last_words(const struct cell *c, unsigned width)
{
	size_t end = c->console_len, start;

	while (end && (unsigned char)c->console[end - 1] <= ' ')
		end--;
	for (start = end; start && c->console[start - 1] != '\n'; start--)
		;
	for (; start < end && width; start++, width--) {
		unsigned char byte = (unsigned char)c->console[start];

		fputc(byte >= ' ' && byte < 0x7f ? byte : ' ', stderr);
	}
}

static void put_cell(const struct cell *c, unsigned width)
{
	uint64_t now = vm_clock();
	char name[96];
	int used;

	cell_name(c, name, sizeof(name));
	used = fprintf(stderr, "%-32.40s %-5s ", name,
		       cell_status_name(c->status));
	if (c->vm)
		used += fprintf(stderr, "%5.1f s  ", (double)
				(now - c->vm->started_ms) / 1000);
	else if (c->result)
		used += fprintf(stderr, "%5.1f s  ", json_number_value(
				json_object_get(c->result, "seconds")));
	if (c->status == CELL_RUNS && used > 0 && (unsigned)used < width)
		put_last_words(c, width - (unsigned)used);
	else if (used > 0 && (unsigned)used < width)
		put_words(c->why, width - (unsigned)used);
	fputc('\n', stderr);
	lines++;
}

static void put_counts(const struct matrix *m)
{
	unsigned n[CELL_MISS + 1] = { 0 };

	for (unsigned i = 0; i < m->n; i++)
		n[m->cell[i].status] += matrix_is_ours(m, i);
	for (unsigned s = CELL_WAITS; s <= CELL_MISS; s++)
		if (n[s])
			fprintf(stderr, "%u %s  ", n[s], cell_status_name(s));
	fputc('\n', stderr);
	lines++;
}

void matrixlive_show(const struct matrix *m)
{
	static uint64_t last;
	struct winsize w = { 0 };
	uint64_t now = vm_clock();
	bool all;

	if (!isatty(STDERR_FILENO) || (lines && now - last < EVERY_MS))
		return;
	last = now;
	ioctl(STDERR_FILENO, TIOCGWINSZ, &w);
	if (w.ws_row < 5 || w.ws_col < 20)
		w = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	all = m->n < w.ws_row - 1u;
	matrixlive_wipe();
	for (unsigned i = 0; i < m->n && lines + 2u < w.ws_row; i++)
		if (matrix_is_ours(m, i) &&
		    (all || m->cell[i].status == CELL_RUNS))
			put_cell(&m->cell[i], w.ws_col - 1u);
	put_counts(m);
	fflush(stderr);
}
