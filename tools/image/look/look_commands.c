/*
 * twinboot ls, cat, cp and diff: files on images without mounting them.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "tools/commands.h"
#include "tools/image/look/look.h"
#include "tools/image/tree/name_json.h"
#include "tools/output.h"
#include "tools/report.h"
#include "tools/text.h"

#define DEPTH_MAX 256u
#define PATH_SIZE 4096u

/* What is said on any of their command lines. */
struct said {
	unsigned partition;
	bool json;
	struct options_rest rest;
};

static const struct options_row rows[] = {
	{ "partition", 'p', "N", "a partition's number; else the first with "
	  "a file system", OPTIONS_COUNT, offsetof(struct said, partition),
	  NULL },
	{ "json", 0, NULL, "the same as one JSON object", OPTIONS_FLAG,
	  offsetof(struct said, json), NULL },
};

/* The first N rows: what is only copied has no other form. */
#define OPTIONS(count, rows_, use, does, ...) {				\
	.usage = use " [--partition N]", .about = does, .row = rows,	\
	.n = rows_, .operand = "IMAGE", .min = count, .max = count,	\
	.example = (const struct options_example[]){			\
		__VA_ARGS__, { NULL, NULL } } }

static const struct options ls_options = OPTIONS(1, 2, "IMAGE[:/PATH]",
	"List the names in a directory on an image, as the loader reads it.",
	{ "What is in /boot:", "twinboot ls disk.img:/boot" });
static const struct options cat_options = OPTIONS(1, 1, "IMAGE:/PATH",
	"Write a file on an image to standard output.",
	{ "The boot menu:", "twinboot cat disk.img:/boot/grub/menu.lst" });
static const struct options cp_options = OPTIONS(2, 1,
	"IMAGE:/PATH FILE|DIRECTORY", "Copy a file on an image to a file.",
	{ "The kernel, to here:", "twinboot cp disk.img:/boot/vmlinuz ." });
static const struct options diff_options = OPTIONS(2, 2, "IMAGE IMAGE",
	"Compare the names and contents of the files on two images.  Ends "
	"with 0 when\nthey are the same, 1 when they differ, 2 when there is "
	"trouble.",
	{ "What an update has changed:", "twinboot diff old.img new.img" });

/* -1: go on; else the exit status, and help or an error was shown. */
static int parse(struct said *s, const struct options *o, int argc,
		 char **argv)
{
	int err;

	*s = (struct said){ 0 };
	err = options_parse(o, s, argc, argv, &s->rest);
	return err ? err > 0 ? 0 : 2 : -1;
}

/* ---- ls ---- */

/* To LIST, or as text where that is NULL. */
static int list_one(struct look *l, const char *name, bool is_dir,
		    json_t *list)
{
	bool has_size;
	char path[PATH_SIZE];
	struct file f = { 0 };

	if (snprintf(path, sizeof(path), "%s/%s", l->path, name) >=
	    (int)sizeof(path))
		return report_error("%s: the path is too long", name);
	/* A link that leads nowhere has no size to show. */
	has_size = !is_dir && !fs_open(&l->fs, path, &f) && !f.is_dir;
	if (list) {
		json_t *j = json_pack("{so sb}", "name", name_json("", name),
				      "directory", is_dir);

		if (has_size)
			json_object_set_new(j, "size",
					    json_integer((json_int_t)f.size));
		json_array_append_new(list, j);
	} else {
		if (has_size)
			printf("%12lu ", f.size);
		else
			printf("%12s ", "-");
		text_put(name, stdout);
		puts(is_dir ? "/" : "");
	}
	look_done(l);
	err_clear();
	return 0;
}

static void print_json(json_t *j)
{
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
}

static int ls_run(int argc, char **argv)
{
	struct look_list list;
	struct said said;
	int status = parse(&said, &ls_options, argc, argv);
	json_t *names;
	struct look l;
	int err = 0;

	if (status >= 0)
		return status;
	if (look_open(&l, said.rest.operand[0], said.partition))
		return 1;
	if (look_list(&l, l.path, &list)) {
		look_close(&l);
		return 1;
	}
	names = said.json ? json_array() : NULL;
	for (size_t i = 0; i < list.n && !err; i++)
		err = list_one(&l, list.name[i].name, list.name[i].is_dir,
			       names);
	if (names && !err)
		print_json(json_pack("{ss so so sO}", "schema",
				     "twinboot-ls-1", "image",
				     text_json(l.image), "path",
				     name_json("", l.path), "entries", names));
	json_decref(names);
	look_free(&list);
	look_close(&l);
	return err ? 1 : 0;
}

/* ---- cat and cp ---- */

static int open_file(struct look *l, const char *arg, unsigned partition,
		     struct file *f)
{
	if (look_open(l, arg, partition))
		return -1;
	if (!look_file(l, l->path, f) && !f->is_dir)
		return 0;
	if (f->is_dir)
		report_error("%s: a directory", arg);
	look_close(l);
	return -1;
}

static int write_out(struct look *l, struct file *f, const char *to)
{
	return look_copy(l, l->path, f, STDOUT_FILENO, "standard output");
}

static int copy_to(struct look *l, struct file *f, const char *to)
{
	const char *slash = strrchr(l->path, '/');
	struct output out;
	struct stat st;
	char *path;
	int err;

	if (!stat(to, &st) && S_ISDIR(st.st_mode)) {
		if (asprintf(&path, "%s/%s", to, slash + 1) < 0)
			abort();
	} else {
		path = strdup(to);
	}
	err = output_open(&out, path);
	if (!err && look_copy(l, l->path, f, out.fd, path)) {
		output_abort(&out);
		err = -1;
	} else if (!err) {
		err = output_commit(&out);
	}
	free(path);
	return err;
}

/* The file that is asked for goes through COPY, to the second word, if any. */
static int copy_run(const struct options *o, int argc, char **argv,
		    int (*copy)(struct look *l, struct file *f, const char *to))
{
	struct said said;
	int status = parse(&said, o, argc, argv);
	struct file f = { 0 };
	struct look l;

	if (status >= 0)
		return status;
	if (open_file(&l, said.rest.operand[0], said.partition, &f))
		return 1;
	status = copy(&l, &f, said.rest.operand[1]) ? 1 : 0;
	look_close(&l);
	return status;
}

static int cat_run(int argc, char **argv)
{
	return copy_run(&cat_options, argc, argv, write_out);
}

static int cp_run(int argc, char **argv)
{
	return copy_run(&cp_options, argc, argv, copy_to);
}

/* ---- diff ---- */

struct pair {
	struct look a, b;
	bool differ;
	json_t *list;		/* of differences; NULL: text */
	char path[PATH_SIZE];
};

/* ONLY: the one of the two that has it; NULL: both have. */
static void tell(struct pair *p, const struct look *only)
{
	const char *path = p->path[0] ? p->path : "/";

	p->differ = true;
	if (p->list) {
		json_array_append_new(p->list, json_pack("{so ss}", "path",
			name_json("", path), "in", !only ? "both" :
			only == &p->a ? "first" : "second"));
		return;
	}
	fputs(only ? "only in " : "differs", stdout);
	text_put(only ? only->image : "", stdout);
	fputs(": ", stdout);
	text_put(path, stdout);
	putchar('\n');
}

/* Whether PATH is a file with bytes (no device, no link to nowhere); -1. */
static int has_bytes(struct look *l, const char *path, struct file *f)
{
	int err = fs_open(&l->fs, path, f);

	if (err && err != ERR_FILE_TYPE && err != ERR_FILE_NOT_FOUND &&
	    err != ERR_SYMLINK_LOOP && err != ERR_FILENAME)
		return look_failed(l, path);
	err_clear();
	return !err && !f->is_dir;
}

/* The files at p->path: 0, or -1 reported. */
static int compare_files(struct pair *p)
{
	static uint8_t x[1 << 18], y[1 << 18];
	struct file f = { 0 }, g = { 0 };
	int one = has_bytes(&p->a, p->path, &f);
	int two = one < 0 ? -1 : has_bytes(&p->b, p->path, &g);
	bool same = one == two && (!one || f.size == g.size);

	if (two < 0)
		return -1;
	for (uint64_t at = 0; same && one && at < f.size; ) {
		size_t n = f.size - at < sizeof(x) ? (size_t)(f.size - at) :
			   sizeof(x);

		if (fs_read(&f, at, n, x))
			return look_failed(&p->a, p->path);
		if (fs_read(&g, at, n, y))
			return look_failed(&p->b, p->path);
		same = !memcmp(x, y, n);
		at += n;
	}
	if (!same)
		tell(p, NULL);
	look_done(&p->a);
	look_done(&p->b);
	return 0;
}

static int compare_dirs(struct pair *p, unsigned depth);

static int compare_entry(struct pair *p, const struct look_name *x,
			 const struct look_name *y, unsigned depth)
{
	const struct look_name *one = x ? x : y;
	size_t len = strlen(p->path);
	int err = 0;

	if (len + strlen(one->name) + 2 > sizeof(p->path))
		return report_error("%s: the path is too long", one->name);
	p->path[len] = '/';
	strcpy(p->path + len + 1, one->name);
	if (!y)
		tell(p, &p->a);
	else if (!x)
		tell(p, &p->b);
	else if (x->is_dir != y->is_dir)
		tell(p, NULL);
	else
		err = x->is_dir ? compare_dirs(p, depth + 1) :
		      compare_files(p);
	p->path[len] = 0;
	return err;
}

static int compare_lists(struct pair *p, const struct look_list *a,
			 const struct look_list *b, unsigned depth)
{
	size_t i = 0, k = 0;
	int err = 0;

	while (!err && (i < a->n || k < b->n)) {
		int order = i == a->n ? 1 : k == b->n ? -1 :
			    strcmp(a->name[i].name, b->name[k].name);

		err = compare_entry(p, order <= 0 ? &a->name[i] : NULL,
				    order >= 0 ? &b->name[k] : NULL, depth);
		i += order <= 0;
		k += order >= 0;
	}
	return err;
}

static int compare_dirs(struct pair *p, unsigned depth)
{
	const char *path = p->path[0] ? p->path : "/";
	struct look_list a, b;
	int err;

	if (depth == DEPTH_MAX)
		return report_error("%s: too many directories in each other",
				    path);
	if (look_list(&p->a, path, &a))
		return -1;
	if (look_list(&p->b, path, &b)) {
		look_free(&a);
		return -1;
	}
	err = compare_lists(p, &a, &b, depth);
	look_free(&a);
	look_free(&b);
	return err;
}

static int diff_run(int argc, char **argv)
{
	struct said said;
	int status = parse(&said, &diff_options, argc, argv);
	static struct pair p;

	if (status >= 0)
		return status;
	p = (struct pair){ 0 };
	if (look_open(&p.a, said.rest.operand[0], said.partition))
		return 2;
	if (look_open(&p.b, said.rest.operand[1], said.partition)) {
		look_close(&p.a);
		return 2;
	}
	if (said.json)
		p.list = json_array();
	status = compare_dirs(&p, 0) ? 2 : p.differ;
	if (p.list && status != 2)
		print_json(json_pack("{ss so so sb sO}", "schema",
				     "twinboot-diff-1", "first",
				     text_json(p.a.image), "second",
				     text_json(p.b.image), "same", !p.differ,
				     "differences", p.list));
	json_decref(p.list);
	look_close(&p.a);
	look_close(&p.b);
	return status;
}

const struct command ls_command = {
	"ls", "names on an image",
	&ls_options, ls_run,
};
const struct command cat_command = {
	"cat", "a file on an image, to standard output",
	&cat_options, cat_run,
};
const struct command cp_command = {
	"cp", "a file on an image, to a file",
	&cp_options, cp_run,
};
const struct command diff_command = {
	"diff", "how the files on two images differ",
	&diff_options, diff_run,
};
