/*
 * The outcome of a matrix: a line a cell, files for programs, a table for
 * people, the exit status.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/matrix/baseline.h"
#include "tools/matrix/matrix.h"
#include "tools/matrix/matrixhtml.h"
#include "tools/matrix/matrixjunit.h"
#include "tools/matrix/matrixlava.h"
#include "tools/output.h"
#include "tools/report.h"
#include "tools/text.h"

static void write_json(const json_t *matrix, FILE *f)
{
	json_dumpf(matrix, f, JSON_INDENT(1));
}

/* PATH (NULL: nothing to do) appears when it is whole. */
static int write_file(const json_t *matrix, const char *path,
		      void (*form)(const json_t *matrix, FILE *f))
{
	struct output out;
	int lost, error;
	FILE *f;

	if (!path)
		return 0;
	if (output_open(&out, path))
		return -1;
	f = fdopen(dup(out.fd), "w");
	if (!f) {
		output_abort(&out);
		return report_errno("%s", path);
	}
	form(matrix, f);
	/* What went wrong before is not an error of closing. */
	lost = fflush(f) || ferror(f);
	error = errno;
	lost |= fclose(f) != 0;
	if (!lost)
		return output_commit(&out);
	output_abort(&out);
	errno = error ? error : EIO;
	return report_errno("%s", path);
}

static int check_file(const char *path)
{
	struct output out;

	if (!path)
		return 0;
	if (output_open(&out, path))
		return -1;
	output_abort(&out);
	return 0;
}

static int make_dir(const char *path)
{
	struct stat st;

	if (mkdir(path, 0777) && errno != EEXIST)
		return report_errno("%s", path);
	if (!stat(path, &st) && !S_ISDIR(st.st_mode))
		return report_error("%s: not a directory", path);
	return access(path, W_OK | X_OK) ? report_errno("%s", path) : 0;
}

int matrixtell_check(const struct matrixtell *t)
{
	const char *name[] = { t->json, t->junit, t->html, t->dir };

	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < i; k++)
			if (name[i] && name[k] && !strcmp(name[i], name[k]))
				return report_error("%s: two reports are to be "
						    "written there", name[i]);
	return check_file(t->json) || check_file(t->junit) ||
	       check_file(t->html) || (t->dir && make_dir(t->dir)) ? -1 : 0;
}

/* Somebody will look at it in a terminal. */
static void write_console(const json_t *cell, FILE *f)
{
	const char *s = json_string_value(json_object_get(cell, "console"));

	for (; s && *s; s++)
		fputc(*s == '\n' || *s == '\t' ||
		      (*s >= ' ' && *s < 0x7f) ? *s :
		      *s == '\r' ? ' ' : '?', f);
}

static void write_command(const json_t *cell, FILE *f)
{
	const char *s = json_string_value(json_object_get(
		json_object_get(cell, "boot"), "command"));

	text_put(s ? s : "", f);
	fputc('\n', f);
}

/* A member that becomes part of a file's name. */
static const char *name_part(const json_t *cell, const char *key)
{
	const char *s = json_string_value(json_object_get(cell, key));

	return s && s[0] && !strchr(s, '/') ? s : "unknown";
}

/* DIR/PATH-PROFILE-NUMBER/ with console.txt, command.txt and result.json. */
static int write_dir(const json_t *cell, const char *dir)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s-%s-%lld", dir,
			 name_part(cell, "path"), name_part(cell, "profile"),
			 json_integer_value(json_object_get(cell, "number")));

	if (n < 0 || n > (int)sizeof(path) - 20)
		return report_error("%s: name too long", dir);
	if (make_dir(dir) || make_dir(path))
		return -1;
	strcpy(path + n, "/console.txt");
	if (write_file(cell, path, write_console))
		return -1;
	strcpy(path + n, "/command.txt");
	if (write_file(cell, path, write_command))
		return -1;
	strcpy(path + n, "/result.json");
	return write_file(cell, path, write_json);
}

/*
 * S on one line.  It comes from names and consoles: without '<' it cannot be
 * taken for a signal.
 */
static json_t *plain(const char *s, bool lava)
{
	char *copy = text_plain(s);
	json_t *j;

	for (char *p = copy; lava && *p; p++)
		if (*p == '<')
			*p = '(';
	j = json_string(copy);
	free(copy);
	return j;
}

void matrixtell_cell(const struct matrixtell *o, const json_t *cell,
		     unsigned number)
{
	static const char *const keys[] = {
		"image", "path", "profile", "entry", "status", "why",
	};
	json_t *said = json_object();

	json_object_update(said, (json_t *)cell);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *s = json_string_value(
			json_object_get(cell, keys[i]));

		if (s)
			json_object_set_new(said, keys[i], plain(s, o->lava));
	}
	if (o->lava)
		matrixlava_start(said, stdout);
	if (!o->table)
		matrixout_tap(said, number, stdout);
	if (o->lava)
		matrixlava_end(said, stdout);
	json_decref(said);
}

int matrixtell_all(const json_t *matrix, const struct matrixtell *o)
{
	json_t *cell;
	size_t i;

	baseline_gone(o->baseline, matrix);
	if (o->table)
		matrixout_table(matrix, stdout);
	if (write_file(matrix, o->json, write_json) ||
	    write_file(matrix, o->junit, matrixjunit_write) ||
	    write_file(matrix, o->html, matrixhtml_write))
		return 99;
	json_array_foreach(json_object_get(matrix, "cells"), i, cell)
		if (o->dir && write_dir(cell, o->dir))
			return 99;
	return matrixout_status(matrix);
}
