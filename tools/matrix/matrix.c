/*
 * twinboot matrix: boots an image every way.  Here are the options and the
 * cells that they ask for; matrixrun.c runs these, judge.c judges each,
 * matrixout.c tells.
 */
#include "tools/matrix/matrix.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/number.h"
#include "tools/commands.h"
#include "tools/matrix/baseline.h"
#include "tools/matrix/matrixlava.h"
#include "tools/option_value.h"
#include "tools/output.h"
#include "tools/proc.h"
#include "tools/report.h"

struct options_given {
	struct options_rest rest;
	const char *paths, *profiles, *entries, *declared, *baseline;
	struct matrixtell tell;
	unsigned jobs, timeout, silence, retries;
	json_t *baseline_cells;
	struct differences *differences;
	bool count, merge, has_expect, probe, backing;
	struct vm_extra extra;
	regex_t expect;
	struct answers answers;
	unsigned shard, shards;
};

static int take_shard(void *self, const char *name, const char *text)
{
	struct options_given *o = self;
	const char *s = text;
	uint64_t shard, shards;

	if (number_take(&s, NULL, 10, UINT_MAX, &shard) || *s++ != '/' ||
	    number_whole(s, UINT_MAX, &shards) || !shard || shard > shards)
		return report_error("--shard %s: not I/N", text);
	o->shard = (unsigned)shard;
	o->shards = (unsigned)shards;
	return 0;
}

static int take_expect(void *self, const char *name, const char *text)
{
	struct options_given *o = self;

	o->has_expect = !regcomp(&o->expect, text, REG_EXTENDED | REG_NOSUB |
				 REG_NEWLINE);
	return o->has_expect ? 0 :
	       report_error("--expect %s: not a regular expression", text);
}

static int take_answer(void *self, const char *name, const char *value)
{
	return answers_add(&((struct options_given *)self)->answers, value);
}

static int take_drive(void *self, const char *name, const char *value)
{
	return extra_drive(&((struct options_given *)self)->extra, value);
}

static int take_nic(void *self, const char *name, const char *value)
{
	return extra_nic(&((struct options_given *)self)->extra, value);
}

#define AT(member) offsetof(struct options_given, member)

static const struct options_row rows[] = {
	OPTIONS_PATHS("LIST", "boot paths, see `twinboot run --help' (all; "
		      "those named must be there)", AT(paths), path_name),
	{ "profiles", 0, "LIST", "machines, see `twinboot profiles' (virtio)",
	  OPTIONS_TEXT, AT(profiles), NULL, profile_name },
	{ "entries", 0, "LIST", "entries of menu.lst, 0,2 or all, each in a "
	  "copy that has it as its default (the image as it is)", OPTIONS_TEXT,
	  AT(entries) },
	{ "probe-init", 0, NULL, "in a copy, let the initrd tell what it was "
	  "given and power off", OPTIONS_FLAG, AT(probe) },
	{ "backing", 0, NULL, "read the files that IMAGE names (backing and "
	  "data files, extents)", OPTIONS_FLAG, AT(backing) },
	EXTRA_ROWS(AT(extra), take_drive, take_nic),
	{ "expect", 0, "RE", "pass when the console has this", OPTIONS_CALL, 0,
	  take_expect },
	{ "answer", 0, "RE=TEXT", "type TEXT and Enter when the console has RE "
	  "(and nothing of it was answered); may be given again", OPTIONS_CALL,
	  0, take_answer },
	{ "allow-unchecked", 0, NULL, "a cell of which nothing could be "
	  "checked is no failure", OPTIONS_FLAG, AT(tell.allow_unchecked) },
	{ "timeout", 0, "S", "for each boot (240)", OPTIONS_COUNT,
	  AT(timeout) },
	{ "silence", 0, "S", "give up when nothing was said for so long (120)",
	  OPTIONS_COUNT, AT(silence) },
	{ "differences", 0, "FILE", "what may differ from the promise, and why",
	  OPTIONS_FILE, AT(declared) },
	{ "baseline", 0, "FILE", "the --json of an earlier run: cells that are "
	  "worse now, or take more instructions (--count), fail", OPTIONS_FILE,
	  AT(baseline) },
	{ "retries", 0, "N", "try a cell that fails again (0)", OPTIONS_NUMBER,
	  AT(retries) },
	{ "jobs", 0, "N", "machines at a time, at most 32 (half of the CPUs)",
	  OPTIONS_COUNT, AT(jobs) },
	{ "count", 0, NULL, "boot once more, counting instructions",
	  OPTIONS_FLAG, AT(count) },
	{ "shard", 0, "I/N", "only every Nth cell, beginning with the Ith",
	  OPTIONS_CALL, 0, take_shard },
	{ "merge", 0, NULL, "tell what the JSON files of shards say",
	  OPTIONS_FLAG, AT(merge) },
	{ "json", 0, "FILE", "everything known, for --merge and programs",
	  OPTIONS_FILE, AT(tell.json) },
	{ "junit", 0, "FILE", "for pipelines", OPTIONS_FILE, AT(tell.junit) },
	{ "html", 0, "FILE", "for people: one page with all of it",
	  OPTIONS_FILE, AT(tell.html) },
	{ "lava", 0, NULL, "LAVA signals on stdout, beside TAP", OPTIONS_FLAG,
	  AT(tell.lava) },
	{ "dir", 0, "DIR", "a directory for each cell: console, command, "
	  "result", OPTIONS_FILE, AT(tell.dir) },
	{ "table", 0, NULL, "for people, in place of TAP", OPTIONS_FLAG,
	  AT(tell.table) },
};

static const struct options_example examples[] = {
	{ "Boot an image every way that it can be booted, with a page of it:",
	  "twinboot matrix disk.img --html page.html" },
	{ "An image of somebody else's, by BIOS and UEFI, on four machines:",
	  "twinboot matrix cloud.qcow2 --probe-init --paths bios,uefi "
	  "--profiles virtio,emulated,nitro,metal" },
	{ "On two processors with an e1000e card, and whether both are there:",
	  "twinboot matrix disk.img --smp 2 --nic e1000e" },
	{ "Two machines share the work; the parts are put together:",
	  "twinboot matrix disk.img --shard 1/2 --json 1.json\n"
	  "twinboot matrix disk.img --shard 2/2 --json 2.json\n"
	  "twinboot matrix --merge 1.json 2.json --junit all.xml" },
	{ "What got worse since the last time:",
	  "twinboot matrix disk.img --count --baseline old.json --json "
	  "new.json" },
	{ "An image that asks for a passphrase, up to its login prompt:",
	  "twinboot matrix disk.img --answer 'passphrase for .*:=secret' "
	  "--allow-unchecked" },
	{ NULL, NULL },
};

static const struct options options = {
	.usage = "IMAGE... [OPTION...]\n--merge JSON... [OPTION...]",
	.about = "Boot unmodified copies of IMAGE over every path and compare "
		 "what the kernel got\nwith what the image promises.  TAP on "
		 "stdout.  Ends 0 when all pass, 1 when one\nfails, or is "
		 "unchecked, or an IMAGE cannot be read, 77 when all are "
		 "skipped, 99\nwhen QEMU or the harness failed.",
	.row = rows, .n = sizeof(rows) / sizeof(rows[0]),
	.operand = "IMAGE", .min = 1, .max = UINT_MAX,
	.example = examples,
};

static unsigned usual_jobs(void)
{
	long jobs = sysconf(_SC_NPROCESSORS_ONLN) / 2;

	return jobs < 1 ? 1 : jobs < MATRIX_JOBS_MAX ? (unsigned)jobs :
	       MATRIX_JOBS_MAX;
}

/* 0; 1 when --help was shown; -1 with an error reported. */
static int parse(struct options_given *o, int argc, char **argv)
{
	int err;

	*o = (struct options_given){ .timeout = 240, .silence = 120 };
	err = options_parse(&options, o, argc, argv, &o->rest);
	if (err)
		return err;
	if (o->jobs > MATRIX_JOBS_MAX)
		return report_error("--jobs %u: at most %d", o->jobs,
				    MATRIX_JOBS_MAX);
	o->jobs = o->jobs ? o->jobs : usual_jobs();
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

static void add_cell(struct matrix *m, const struct options_given *o,
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
		.extra = &o->extra, .answers = &o->answers,
		.expect = o->has_expect ? &o->expect : NULL,
		.asked = o->paths, .count = o->count, .retries = o->retries,
	};
}

static void add_cells(struct matrix *m, const struct options_given *o,
		      struct variant *v)
{
	const char *profiles = o->profiles ? o->profiles :
			       profile_nth(0)->name;
	const struct vm_path *path;
	const struct profile *profile;

	for (unsigned i = 0; (path = path_nth(i)); i++) {
		if (o->paths ? !option_value_has(o->paths, path->name) :
		    path->hv)
			continue;
		for (unsigned k = 0; (profile = profile_nth(k)); k++)
			if (option_value_has(profiles, profile->name) &&
			    profile_has(profile, path->name))
				add_cell(m, o, v, path, profile);
	}
}

static int make_cells(struct matrix *m, struct variants *all,
		      const struct options_given *o)
{
	for (unsigned i = 0; i < o->rest.n; i++)
		if (variant_add(all, o->rest.operand[i], o->backing, o->entries,
				o->probe))
			return -1;
	for (unsigned i = 0; i < all->n; i++)
		add_cells(m, o, all->v[i]);
	if (!m->n)
		return report_error("no profile is for these paths");
	matrixlava_name(m);
	return 0;
}

/* What is wrong before the first boot is an error like any other: 1. */
static int run_images(const struct options_given *o)
{
	struct variants all = { 0 };
	struct matrix m = { .shard = o->shard, .shards = o->shards };
	int status = 1, caught = 0;
	json_t *j;

	if (proc_has("qemu-system-x86_64") && !make_cells(&m, &all, o)) {
		caught = matrixrun_cells(&m, o->jobs, &o->tell);
		differences_unused(o->differences);
		j = matrixout_json(&m, &o->tell);
		status = matrixtell_all(j, &o->tell);
		json_decref(j);
	}
	for (unsigned i = 0; i < m.n; i++)
		cell_release(&m.cell[i]);
	variant_release(&all);
	free(m.cell);
	return caught ? 128 + caught : status;
}

/* 0, or -1 with an error reported. */
static int read_files(struct options_given *o)
{
	if (o->declared && !o->merge)
		o->differences = differences_read(o->declared);
	if (o->baseline)
		o->baseline_cells = baseline_read(o->baseline);
	o->tell.baseline = o->baseline_cells;
	return (o->declared && !o->merge && !o->differences) ||
	       (o->baseline && !o->baseline_cells) ? -1 : 0;
}

static int matrix_run(int argc, char **argv)
{
	struct options_given o;
	int err = parse(&o, argc, argv), status;

	if (err > 0)
		return 0;
	if (err || extra_check(&o.extra) || variant_check(o.entries) ||
	    option_value_check("--paths", o.paths, find_path) ||
	    option_value_check("--profiles", o.profiles, find_profile))
		return 2;
	if (o.count && o.answers.n) {
		report_error("--count with --answer: typing is no part of a "
			     "boot that can be counted; give one of them");
		return 2;
	}
	for (unsigned i = 0; i < o.rest.n && !o.merge; i++)
		output_protect(o.rest.operand[i]);
	if (extra_find(&o.extra) || matrixtell_check(&o.tell))
		return 1;
	if (read_files(&o))
		status = 1;
	else if (o.merge)
		status = matrixmerge_run(&o.tell, (int)o.rest.n,
					 o.rest.operand);
	else
		status = run_images(&o);
	differences_release(o.differences);
	json_decref(o.baseline_cells);
	answers_release(&o.answers);
	return status;
}

const struct command matrix_command = {
	"matrix", "boot an image every way and compare", &options, matrix_run,
};
