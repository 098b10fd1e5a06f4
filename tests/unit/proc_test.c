/* What a program says last, and one that says nothing for too long. */
#include "tests/unit/unit.h"

#include <string.h>
#include <sys/resource.h>

#include "tools/proc.h"
#include "tools/report.h"

static void says(const char *script, const char *want)
{
	const char *argv[] = { "bash", "-c", script, NULL };

	assert_int_equal(proc_run("x", argv, NULL), -1);
	if (strcmp(report_last(), want))
		fail_msg("%s: \"%s\"", script, report_last());
}

static void test_words(void **state)
{
	says("echo a >&2; exit 1", "x (bash: a)");
	says("echo a >&2; echo b >&2; exit 1", "x (bash: b)");
	says("exit 1", "x (bash: says nothing)");
	says("echo bash: a >&2; exit 1", "x (bash: a)");
	/* A hint, and a name with lines in it, are of the same message. */
	says("printf 'y\\nbash: a\\nIs it?\\n' >&2; exit 1",
	     "x (bash: a Is it?)");
	says("printf 'bash: z\\nbash: a\\nb: gone' >&2; exit 1",
	     "x (bash: a b: gone)");
	says("kill -ABRT $$", "x (bash: killed by signal 6)");
}

/* A program that dies leaves no file of its memory where we are. */
static void test_core(void **state)
{
	struct rlimit was;

	assert_int_equal(getrlimit(RLIMIT_CORE, &was), 0);
	if (!was.rlim_max)
		skip();
	assert_int_equal(setrlimit(RLIMIT_CORE, &(struct rlimit){ 1,
			 was.rlim_max }), 0);
	says("ulimit -c >&2; exit 1", "x (bash: 0)");
	assert_int_equal(setrlimit(RLIMIT_CORE, &was), 0);
}

static void test_silent(void **state)
{
	const char *silent[] = { "sleep", "1000", NULL };
	const char *talks[] = { "bash", "-c", "for i in 1 2 3; do sleep 0.5; "
				"echo $i >&2; done; echo out", NULL };
	char line[8];
	FILE *f;

	assert_null(proc_output("x", silent, 1));
	assert_string_equal(report_last(), "x (sleep: killed: no answer within "
			    "1 seconds)");
	f = proc_output("x", talks, 1);
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_string_equal(line, "out\n");
	fclose(f);
}

static void test_status(void **state)
{
	const char *argv[] = { "bash", "-c", "echo bash: a >&2; exit 7",
			       NULL };
	char words[8];

	assert_int_equal(proc_status(argv, words, sizeof(words)), 7);
	assert_string_equal(words, "a");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_core),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_status),
	};

	return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
