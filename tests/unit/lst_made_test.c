/*
 * menu.lst files made from a known answer, written in all the ways that the
 * grammar allows: the reader must find the answer again.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/testlst.h"

static uint32_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static const char *one_of(const char *const *list, uint32_t n)
{
	return list[any(n)];
}

struct maker {
	char file[20000], want[20000];
	size_t n;		/* of file */
	uint32_t line;
};

static void add(struct maker *m, const char *s)
{
	for (; *s; s++) {
		m->line += *s == '\n';
		m->file[m->n++] = *s;
	}
}

static void noise(struct maker *m)
{
	static const char *const list[] = {
		"\n", " \t\n", "# comment\n", "  #c \\\n x\n", "\r\n", "\\\n",
		"\t", "  ", "", "", "", "#\n",
	};

	add(m, one_of(list, 12));
}

/* A blank that is one space to the reader, however it is written. */
static void add_words(struct maker *m, const char *s)
{
	static const char *const blanks[] = { " ", "\t", "\\\n", "\\\r\n",
					      "\r " };
	char c[2] = "";

	for (; *s; s++) {
		c[0] = *s;
		add(m, *s == ' ' ? one_of(blanks, 5) : c);
		if (!any(20))
			add(m, "\r");
	}
}

/* NAME ARGS as a line; into WANT goes what must be read. */
static void add_line(struct maker *m, const char *kind, const char *name,
		     const char *args)
{
	static const char *const seps[] = { " ", "=", " = ", "==", "\t",
					    "  \\\n " };
	static const char *const ends[] = { "\n", "\r\n", "\n\n" };
	size_t w = strlen(m->want);

	noise(m);
	snprintf(m->want + w, sizeof(m->want) - w, "%s %u %s [%s]\n", kind,
		 m->line, name, args);
	add_words(m, name);
	if (*args) {
		add(m, one_of(seps, 6));
		add_words(m, args);
	}
	add(m, one_of(ends, 3));
}

static void make_file(struct maker *m)
{
	static const char *const globals[] = { "color", "password", "serial",
		"hide", "terminal" };
	static const char *const commands[] = { "root", "kernel", "initrd",
		"boot", "timeout", "map", "color", "modulenounzip" };
	static const char *const unknown[] = { "set", "Title", "titles", "b",
		"uuid", "kernel$", "find-root", "zz" };
	static const char *const args[] = { "", "a b c", "(hd0,0)/k x=y",
		"\\d", "#", "a#b  c", "x = y", "\xff\xc3\xa4" };
	uint32_t entries;

	*m = (struct maker){ .line = 1 };
	for (uint32_t i = any(6); i; i--) {
		if (any(2))
			add_line(m, "G", one_of(globals, 5), one_of(args, 8));
		else
			add_line(m, "I", one_of(unknown, 8), one_of(args, 8));
	}
	for (entries = any(5); entries; entries--) {
		add_line(m, "T", "title", one_of(args, 8));
		for (uint32_t i = any(5); i; i--) {
			if (any(2))
				add_line(m, "C", one_of(commands, 8),
					 one_of(args, 8));
			else
				add_line(m, "U", one_of(unknown, 8),
					 one_of(args, 8));
		}
	}
}

static void describe(char *got, size_t size)
{
	static const char kinds[] = "GITCU";
	size_t n = 0;

	got[0] = 0;
	for (uint32_t i = 0; i < lst.n_lines; i++) {
		const struct lst_line *line = &lst.line[i];
		const char *s = lst_text(&lst, line);

		n += (size_t)snprintf(got + n, size - n, "%c %u %.*s [%s]\n",
				      kinds[line->kind], line->line,
				      (int)strcspn(s, " ="), s,
				      lst_args(&lst, line));
	}
}

/* Entries against a plain reading of the wanted lines. */
static void check_entries(const char *want)
{
	uint32_t kept = 0, dropped = 0, commands = 0, titles = 0;

	for (; *want; want = strchr(want, '\n') + 1) {
		if (*want == 'T') {
			kept += titles && commands;
			dropped += titles && !commands;
			titles++;
			commands = 0;
		}
		commands += *want == 'C';
	}
	kept += titles && commands;
	dropped += titles && !commands;
	assert_int_equal(lst.n_entries, kept);
	assert_int_equal(lst.n_dropped, dropped);
}

static void test_made_files(void **state)
{
	static struct maker m;
	static char got[20000];

	for (uint32_t round = 0; round < 3000; round++) {
		seed = round;
		make_file(&m);
		testlst_parse(m.file, m.n, LST_GNU097);
		describe(got, sizeof(got));
		if (strcmp(got, m.want))
			fail_msg("round %u: from\n%.*s\nread\n%swanted\n%s",
				 round, (int)m.n, m.file, got, m.want);
		check_entries(m.want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_files),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	testlst_free();
	return failed;
}
