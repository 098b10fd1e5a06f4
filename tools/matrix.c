/*
 * twinboot matrix: boots an image every way.  One loop polls all machines that
 * run; cells are judged one by one (cell.c) and told in order (matrixout.c).
 */
#include "tools/matrix.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/commands.h"
#include "tools/matrixlava.h"
#include "tools/matrixlive.h"
#include "tools/report.h"
#include "tools/words.h"

#define JOBS_MAX 32

struct options {
	const char *paths, *profiles;
	struct matrixtell tell;
	unsigned jobs, timeout, silence, retries;
	struct differences *differences;
	bool count, merge, has_expect;
	regex_t expect;
	unsigned shard, shards;
};

static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
	caught = sig;
}

static void usage(void)
{
	puts("usage: twinboot matrix IMAGE... [OPTION...]\n"
	     "       twinboot matrix --merge JSON...\n\n"
	     "Boot unmodified copies of IMAGE over every path and compare what "
	     "the kernel got\nwith what the image promises.  TAP on stdout.  "
	     "Ends 0 when all pass, 1 when one\nfails, 77 when all are "
	     "skipped, 99 when QEMU or the harness failed.\n\n"
	     "  --paths LIST     boot paths (all; those named must be there)\n"
	     "  --profiles LIST  machines, see `twinboot profiles` (virtio)\n"
	     "  --expect RE      pass when the console has this\n"
	     "  --timeout S      for each boot (240)\n"
	     "  --silence S      give up when nothing was said for so long (120)"
	     "\n  --differences F  what may differ from the promise, and why\n"
	     "  --retries N      try a cell that fails again (0)\n"
	     "  --jobs N         machines at a time (half of the CPUs)\n"
	     "  --count          boot once more, counting instructions\n"
	     "  --shard I/N      only every Nth cell, beginning with the Ith\n"
	     "  --json FILE      everything known, for --merge and programs\n"
	     "  --junit FILE     for pipelines\n"
	     "  --html FILE      for people: one page with all of it\n"
	     "  --lava           LAVA signals on stdout, beside TAP\n"
	     "  --dir DIR        a directory for each cell: console, screen, "
	     "result\n"
	     "  --table          for people, in place of TAP");
}

static int number(const char *name, const char *text, unsigned *out)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (end == text || *end || text[0] == '-' || v > 1u << 20)
		return report_error("--%s %s: not a number", name, text);
	*out = (unsigned)v;
	return 0;
}

static int take_shard(struct options *o, const char *text)
{
	char tail;

	if (sscanf(text, "%u/%u%c", &o->shard, &o->shards, &tail) != 2 ||
	    !o->shard || o->shard > o->shards)
		return report_error("--shard %s: not I/N", text);
	return 0;
}

static int take_option(struct options *o, int c)
{
	switch (c) {
	case 'p':
		o->paths = optarg;
		return 0;
	case 'P':
		o->profiles = optarg;
		return 0;
	case 'e':
		o->has_expect = !regcomp(&o->expect, optarg, REG_EXTENDED |
					 REG_NOSUB | REG_NEWLINE);
		return o->has_expect ? 0 :
		       report_error("--expect %s: not a regular expression",
				    optarg);
	case 't':
		return number("timeout", optarg, &o->timeout);
	case 'q':
		return number("silence", optarg, &o->silence);
	case 'D':
		o->differences = differences_read(optarg);
		return o->differences ? 0 : -1;
	case 'r':
		return number("retries", optarg, &o->retries);
	case 'n':
		return number("jobs", optarg, &o->jobs);
	case 's':
		return take_shard(o, optarg);
	case 'J':
		o->tell.json = optarg;
		return 0;
	case 'U':
		o->tell.junit = optarg;
		return 0;
	case 'H':
		o->tell.html = optarg;
		return 0;
	case 'd':
		o->tell.dir = optarg;
		return 0;
	case 'c':
		o->count = true;
		return 0;
	case 'L':
		o->tell.lava = true;
		return 0;
	case 'T':
		o->tell.table = true;
		return 0;
	case 'm':
		o->merge = true;
		return 0;
	default:
		return -1;
	}
}

static int parse(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "paths", required_argument, NULL, 'p' },
		{ "profiles", required_argument, NULL, 'P' },
		{ "expect", required_argument, NULL, 'e' },
		{ "timeout", required_argument, NULL, 't' },
		{ "silence", required_argument, NULL, 'q' },
		{ "differences", required_argument, NULL, 'D' },
		{ "retries", required_argument, NULL, 'r' },
		{ "jobs", required_argument, NULL, 'n' },
		{ "shard", required_argument, NULL, 's' },
		{ "json", required_argument, NULL, 'J' },
		{ "junit", required_argument, NULL, 'U' },
		{ "html", required_argument, NULL, 'H' },
		{ "dir", required_argument, NULL, 'd' },
		{ "count", no_argument, NULL, 'c' },
		{ "table", no_argument, NULL, 'T' },
		{ "lava", no_argument, NULL, 'L' },
		{ "merge", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int c;

	*o = (struct options){ .timeout = 240, .silence = 120,
			       .jobs = (unsigned)cpus / 2 };
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h')
			return usage(), 1;
		if (take_option(o, c))
			return -1;
	}
	if (optind == argc)
		return report_error("give an IMAGE");
	o->jobs = o->jobs < 1 ? 1 : o->jobs > JOBS_MAX ? JOBS_MAX : o->jobs;
	return 0;
}

static const void *find_path(const char *name)
{
	return vmpath_find(name);
}

static const void *find_profile(const char *name)
{
	return profile_find(name);
}

static void add_cell(struct matrix *m, const struct options *o,
		     const char *image, const struct promise *promise,
		     const struct vm_path *path, const struct profile *profile)
{
	m->cell = realloc(m->cell, (m->n + 1) * sizeof(*m->cell));
	if (!m->cell)
		abort();
	m->cell[m->n++] = (struct cell){
		.image = image, .promise = promise, .path = path,
		.profile = profile, .entry = "default",
		.differences = o->differences,
		.timeout = o->timeout, .silence = o->silence,
		.expect = o->has_expect ? &o->expect : NULL,
		.asked = o->paths, .count = o->count, .retries = o->retries,
	};
}

static void add_cells(struct matrix *m, const struct options *o,
		      const char *image, const struct promise *promise)
{
	const char *profiles = o->profiles ? o->profiles :
			       profile_nth(0)->name;
	const struct vm_path *path;
	const struct profile *profile;

	for (unsigned i = 0; (path = vmpath_nth(i)); i++) {
		if (o->paths && !words_has(o->paths, path->name))
			continue;
		for (unsigned k = 0; (profile = profile_nth(k)); k++)
			if (words_has(profiles, profile->name) &&
			    profile_has(profile, path->name))
				add_cell(m, o, image, promise, path, profile);
	}
}

bool matrix_is_ours(const struct matrix *m, unsigned i)
{
	return !m->shards || i % m->shards == m->shard - 1;
}

static bool is_over(const struct cell *c)
{
	return c->status != CELL_WAITS && c->status != CELL_RUNS;
}

/* Start what may start, poll what runs.  False: nothing is left. */
static bool turn(struct matrix *m, unsigned jobs)
{
	struct pollfd p[JOBS_MAX * VM_POLLFDS];
	unsigned running = 0;
	bool left = false;

	for (unsigned i = 0; i < m->n; i++) {
		struct cell *c = &m->cell[i];

		if (!matrix_is_ours(m, i) || is_over(c))
			continue;
		if (c->status == CELL_WAITS && running < jobs &&
		    cell_possible(c))
			cell_start(c);
		left |= !is_over(c);
		if (c->vm && running < jobs)
			vm_pollfds(c->vm, p + VM_POLLFDS * running++);
	}
	if (running)
		poll(p, VM_POLLFDS * running, 100);
	for (unsigned i = 0; i < m->n; i++)
		if (m->cell[i].status == CELL_RUNS)
			cell_step(&m->cell[i]);
	return left;
}

/* In order, from *AT on, what is over; *N have been told. */
static void tell(const struct matrix *m, const struct options *o, unsigned *at,
		 unsigned *n)
{
	for (; *at < m->n; (*at)++) {
		json_t *j;

		if (!matrix_is_ours(m, *at))
			continue;
		if (!is_over(&m->cell[*at]))
			return;
		j = matrixout_cell(&m->cell[*at], *at + 1);
		matrixlive_wipe();
		matrixtell_cell(&o->tell, j, ++*n);
		json_decref(j);
	}
}

static void run_cells(struct matrix *m, const struct options *o)
{
	unsigned at = 0, told = 0, ours = 0;

	for (unsigned i = 0; i < m->n; i++)
		ours += matrix_is_ours(m, i);
	if (!o->tell.table)
		matrixout_tap_plan(ours, stdout);
	while (!caught && turn(m, o->jobs)) {
		if (!o->tell.lava)	/* which reads all that is printed */
			matrixlive_show(m);
		tell(m, o, &at, &told);
	}
	for (unsigned i = 0; i < m->n; i++)
		if (matrix_is_ours(m, i))
			cell_abort(&m->cell[i], "interrupted");
	tell(m, o, &at, &told);
	matrixlive_wipe();
}

static void catch_signals(void)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction sa = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaction(sigs[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int run_images(const struct options *o, int n, char **images)
{
	struct promise *promise = calloc((size_t)n, sizeof(*promise));
	struct matrix m = { .shard = o->shard, .shards = o->shards };
	json_t *j;
	int status = 99;

	for (int i = 0; i < n; i++) {
		if (promise_read(&promise[i], images[i]))
			return 99;
		add_cells(&m, o, images[i], &promise[i]);
	}
	if (!m.n) {
		report_error("no profile is for these paths");
		return 99;
	}
	if (matrixlava_name(&m))
		return 99;
	catch_signals();
	run_cells(&m, o);
	differences_unused(o->differences);
	j = matrixout_json(&m);
	status = matrixtell_all(j, &o->tell);
	json_decref(j);
	for (unsigned i = 0; i < m.n; i++)
		cell_release(&m.cell[i]);
	for (int i = 0; i < n; i++)
		promise_release(&promise[i]);
	differences_release(o->differences);
	free(promise);
	free(m.cell);
	return caught ? 128 + caught : status;
}

static int matrix_run(int argc, char **argv)
{
	struct options o;
	int err = parse(&o, argc, argv);

	if (err > 0)
		return 0;
	if (err || words_check("--paths", o.paths, find_path) ||
	    words_check("--profiles", o.profiles, find_profile))
		return 99;
	if (o.merge)
		return matrixtell_merge(&o.tell, argc - optind, argv + optind);
	return run_images(&o, argc - optind, argv + optind);
}

const struct command matrix_command = {
	"matrix", "boot an image every way and compare", matrix_run,
};
