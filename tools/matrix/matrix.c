/*
 * twinboot matrix: boots an image every way.  Here are the options and the
 * cells that they ask for; matrixrun.c runs these, cell.c judges each,
 * matrixout.c tells.
 */
#include "tools/matrix/matrix.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/number.h"
#include "tools/commands.h"
#include "tools/matrix/matrixlava.h"
#include "tools/report.h"
#include "tools/option_value.h"

struct options {
	const char *paths, *profiles, *entries;
	struct matrixtell tell;
	unsigned jobs, timeout, silence, retries;
	struct differences *differences;
	bool count, merge, has_expect, probe;
	regex_t expect;
	unsigned shard, shards;
};

static void usage(void)
{
	puts("usage: twinboot matrix IMAGE... [OPTION...]\n"
	     "       twinboot matrix --merge JSON...\n\n"
	     "Boot unmodified copies of IMAGE over every path and compare what "
	     "the kernel got\nwith what the image promises.  TAP on stdout.  "
	     "Ends 0 when all pass, 1 when one\nfails, 77 when all are "
	     "skipped, 99 when QEMU or the harness failed.\n\n"
	     "  --paths LIST     boot paths, see `twinboot run --help` (all; "
	     "those "
	     "named must\n                   be there)\n"
	     "  --profiles LIST  machines, see `twinboot profiles` (virtio)\n"
	     "  --entries LIST   entries of menu.lst, 0,2 or all, each in a "
	     "copy that has it\n                   as its default (the image "
	     "as it is)\n"
	     "  --probe-init     in a copy, let the initrd tell what it was "
	     "given and power off\n"
	     "  --expect RE      pass when the console has this\n"
	     "  --timeout S      for each boot (240)\n"
	     "  --silence S      give up when nothing was said for so long "
	     "(120)"
	     "\n  --differences F  what may differ from the promise, and why\n"
	     "  --retries N      try a cell that fails again (0)\n"
	     "  --jobs N         machines at a time (half of the CPUs)\n"
	     "  --count          boot once more, counting instructions\n"
	     "  --shard I/N      only every Nth cell, beginning with the Ith\n"
	     "  --json FILE      everything known, for --merge and programs\n"
	     "  --junit FILE     for pipelines\n"
	     "  --html FILE      for people: one page with all of it\n"
	     "  --lava           LAVA signals on stdout, beside TAP\n"
	     "  --dir DIR        a directory for each cell: console, command, "
	     "result\n"
	     "  --table          for people, in place of TAP");
}

static int take_shard(struct options *o, const char *text)
{
	const char *s = text;
	uint64_t shard, shards;

	if (number_take(&s, NULL, 10, UINT_MAX, &shard) || *s++ != '/' ||
	    number_whole(s, UINT_MAX, &shards) || !shard || shard > shards)
		return report_error("--shard %s: not I/N", text);
	o->shard = (unsigned)shard;
	o->shards = (unsigned)shards;
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
	case 'E':
		o->entries = optarg;
		return 0;
	case 'i':
		o->probe = true;
		return 0;
	case 'e':
		o->has_expect = !regcomp(&o->expect, optarg, REG_EXTENDED |
					 REG_NOSUB | REG_NEWLINE);
		return o->has_expect ? 0 :
		       report_error("--expect %s: not a regular expression",
				    optarg);
	case 't':
		return option_value_number("timeout", optarg, &o->timeout);
	case 'q':
		return option_value_number("silence", optarg, &o->silence);
	case 'D':
		o->differences = differences_read(optarg);
		return o->differences ? 0 : -1;
	case 'r':
		return option_value_number("retries", optarg, &o->retries);
	case 'n':
		return option_value_number("jobs", optarg, &o->jobs);
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
		{ "entries", required_argument, NULL, 'E' },
		{ "probe-init", no_argument, NULL, 'i' },
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
	o->jobs = o->jobs < 1		      ? 1
		  : o->jobs > MATRIX_JOBS_MAX ? MATRIX_JOBS_MAX
					      : o->jobs;
	return 0;
}

static const void *find_path(const char *name)
{
	return path_find(name);
}

static const void *find_profile(const char *name)
{
	return profile_find(name);
}

static void add_cell(struct matrix *m, const struct options *o,
		     struct variant *v, const struct vm_path *path,
		     const struct profile *profile)
{
	m->cell = realloc(m->cell, (m->n + 1) * sizeof(*m->cell));
	if (!m->cell)
		abort();
	m->cell[m->n++] = (struct cell){
		.image = v->image, .variant = v, .promise = &v->promise,
		.path = path, .profile = profile, .entry = v->entry,
		.differences = o->differences,
		.timeout = o->timeout, .silence = o->silence,
		.expect = o->has_expect ? &o->expect : NULL,
		.asked = o->paths, .count = o->count, .retries = o->retries,
	};
}

static void add_cells(struct matrix *m, const struct options *o,
		      struct variant *v)
{
	const char *profiles = o->profiles ? o->profiles :
			       profile_nth(0)->name;
	const struct vm_path *path;
	const struct profile *profile;

	for (unsigned i = 0; (path = path_nth(i)); i++) {
		if (o->paths && !option_value_has(o->paths, path->name))
			continue;
		for (unsigned k = 0; (profile = profile_nth(k)); k++)
			if (option_value_has(profiles, profile->name) &&
			    profile_has(profile, path->name))
				add_cell(m, o, v, path, profile);
	}
}

static int run_images(const struct options *o, int n, char **images)
{
	struct variants all = { 0 };
	struct matrix m = { .shard = o->shard, .shards = o->shards };
	json_t *j;
	int status = 99, caught;

	for (int i = 0; i < n; i++)
		if (variant_add(&all, images[i], o->entries, o->probe))
			return 99;
	for (unsigned i = 0; i < all.n; i++)
		add_cells(&m, o, all.v[i]);
	if (!m.n) {
		report_error("no profile is for these paths");
		return 99;
	}
	if (matrixlava_name(&m))
		return 99;
	caught = matrixrun_cells(&m, o->jobs, &o->tell);
	differences_unused(o->differences);
	j = matrixout_json(&m);
	status = matrixtell_all(j, &o->tell);
	json_decref(j);
	for (unsigned i = 0; i < m.n; i++)
		cell_release(&m.cell[i]);
	variant_release(&all);
	differences_release(o->differences);
	free(m.cell);
	return caught ? 128 + caught : status;
}

static int matrix_run(int argc, char **argv)
{
	struct options o;
	int err = parse(&o, argc, argv);

	if (err > 0)
		return 0;
	if (err || option_value_check("--paths", o.paths, find_path) ||
	    option_value_check("--profiles", o.profiles, find_profile))
		return 99;
	if (o.merge)
		return matrixmerge_run(&o.tell, argc - optind, argv + optind);
	return run_images(&o, argc - optind, argv + optind);
}

const struct command matrix_command = {
	"matrix", "boot an image every way and compare", matrix_run,
};
