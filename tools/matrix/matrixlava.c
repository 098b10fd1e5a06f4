/*
 * LAVA finds signals wherever they stand in the output, splits them at blanks
 * and takes any string as a test case's id, so ids are made of few characters.
 * They ought not to change from run to run, because LAVA follows them.
 */
#include "tools/matrix/matrixlava.h"

#include <ctype.h>
#include <string.h>

static const char *get(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static void clean(char *id)
{
	for (; *id; id++)
		if (!isalnum((unsigned char)*id) && !strchr("._-", *id))
			*id = '_';
}

static bool is_taken(const struct matrix *m, unsigned n, const char *id)
{
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(m->cell[i].id, id))
			return true;
	return false;
}

void matrixlava_name(struct matrix *m)
{
	bool several = false;

	for (unsigned i = 1; i < m->n; i++)
		several |= strcmp(m->cell[i].image, m->cell[0].image) != 0;
	for (unsigned i = 0; i < m->n; i++) {
		struct cell *c = &m->cell[i];
		const char *slash = strrchr(c->image, '/');
		char name[sizeof(c->id) - 12];

		snprintf(name, sizeof(name), "%.60s%s%s-%s-%s",
			 !several ? "" : slash ? slash + 1 : c->image,
			 several ? "-" : "", c->path->name, c->profile->name,
			 c->entry);
		clean(name);
		strcpy(c->id, name);
		for (unsigned k = i + 1; is_taken(m, i, c->id); k++)
			snprintf(c->id, sizeof(c->id), "%s-%u", name, k);
	}
}

/* A cell that no shard has has no id either. */
static const char *id_of(const json_t *cell)
{
	static char id[sizeof(((struct cell *)0)->id)];

	if (get(cell, "id")[0])
		snprintf(id, sizeof(id), "%s", get(cell, "id"));
	else
		snprintf(id, sizeof(id), "cell-%lld", json_integer_value(
			 json_object_get(cell, "number")));
	clean(id);
	return id;
}

void matrixlava_start(const json_t *cell, FILE *out)
{
	fprintf(out, "<LAVA_SIGNAL_STARTTC %s>\n", id_of(cell));
}

void matrixlava_end(const json_t *cell, FILE *out)
{
	static const char *const results[][2] = {
		{ "PASS", "pass" }, { "FAIL", "fail" }, { "SKIP", "skip" },
	};
	const char *result = "unknown";

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		if (!strcmp(get(cell, "status"), results[i][0]))
			result = results[i][1];
	fprintf(out, "<LAVA_SIGNAL_ENDTC %s>\n", id_of(cell));
	fprintf(out, "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=%s RESULT=%s>\n",
		id_of(cell), result);
	fflush(out);
}
