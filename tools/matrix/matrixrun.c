/*
 * Running the cells of a matrix: one loop polls all machines that run.  What
 * is over is told in order.
 */
#include "tools/matrix/matrix.h"

#include "tools/interrupt.h"
#include "tools/matrix/matrixlive.h"

#define LOOK_MS 100
#define TYPING_MS 10	/* between looks whether a key has been read */

bool matrix_is_ours(const struct matrix *m, unsigned i)
{
	return !m->shards || i % m->shards == m->shard - 1;
}

static bool is_over(const struct cell *c)
{
	return c->status != CELL_WAITS && c->status != CELL_RUNS;
}

/* A copy goes with the last of its cells, which stand side by side. */
static void drop_copies(const struct matrix *m)
{
	bool needed = false;

	for (unsigned i = 0; i < m->n; i++) {
		struct variant *v = m->cell[i].variant;

		needed |= matrix_is_ours(m, i) && !is_over(&m->cell[i]);
		if (i + 1 < m->n && m->cell[i + 1].variant == v)
			continue;
		if (!needed)
			variant_drop(v);
		needed = false;
	}
}

/* How long a machine that says nothing is left alone. */
static int patience(const struct matrix *m)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->cell[i].vm && m->cell[i].typing.left)
			return TYPING_MS;
	return LOOK_MS;
}

/* Start what may start, poll what runs.  False: nothing is left. */
static bool turn(struct matrix *m, unsigned jobs)
{
	struct pollfd p[MATRIX_JOBS_MAX * VM_POLLFDS];
	unsigned running = 0;
	bool left = false;

	for (unsigned i = 0; i < m->n; i++) {
		struct cell *c = &m->cell[i];

		if (!matrix_is_ours(m, i) || is_over(c))
			continue;
		if (c->status == CELL_WAITS && running < jobs) {
			if (cell_possible(c))
				cell_start(c);
			else
				drop_copies(m);
		}
		left |= !is_over(c);
		if (c->vm && running < jobs)
			vm_pollfds(c->vm, p + VM_POLLFDS * running++);
	}
	if (running)
		poll(p, VM_POLLFDS * running, patience(m));
	for (unsigned i = 0; i < m->n; i++)
		if (m->cell[i].status == CELL_RUNS)
			cell_step(&m->cell[i]);
	return left;
}

static void agree(struct matrix *m, unsigned at)
{
	for (unsigned i = 0; i < at; i++)
		if (m->cell[i].variant == m->cell[at].variant)
			cell_agree(&m->cell[at], &m->cell[i]);
}

/* In order, from *AT on, what is over; *N have been told. */
static void tell(struct matrix *m, const struct matrixtell *t,
		 unsigned *at, unsigned *n)
{
	for (; *at < m->n; (*at)++) {
		json_t *j;

		if (!matrix_is_ours(m, *at))
			continue;
		if (!is_over(&m->cell[*at]))
			return;
		agree(m, *at);
		j = matrixout_cell(&m->cell[*at], *at + 1, t);
		matrixlive_wipe();
		matrixtell_cell(t, j, ++*n);
		json_decref(j);
	}
}

int matrixrun_cells(struct matrix *m, unsigned jobs, const struct matrixtell *t)
{
	unsigned at = 0, told = 0, ours = 0;

	for (unsigned i = 0; i < m->n; i++)
		ours += matrix_is_ours(m, i);
	interrupt_catch();
	if (!t->table)
		matrixout_tap_plan(ours, stdout);
	while (!interrupt_signal && turn(m, jobs)) {
		drop_copies(m);
		if (!t->lava)	/* which reads all that is printed */
			matrixlive_show(m);
		tell(m, t, &at, &told);
	}
	for (unsigned i = 0; i < m->n; i++)
		if (matrix_is_ours(m, i))
			cell_abort(&m->cell[i], "interrupted");
	tell(m, t, &at, &told);
	matrixlive_wipe();
	return interrupt_signal;
}
