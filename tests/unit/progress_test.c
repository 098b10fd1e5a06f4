/* Progress lines: bytes, rate and time left, for a terminal and as JSON. */
#include "tests/unit/unit.h"

#include <jansson.h>

#include "tools/progress.h"

#define SECOND 1000000000ull
#define MIB (1ull << 20)

static char line[256];

static void test_terminal(void **state)
{
	progress_line(line, sizeof(line), PROGRESS_AUTO, "writing", 250 * MIB,
		      1000 * MIB, 5 * SECOND);
	assert_string_equal(line,
			    "writing  25 %  250 MiB  50 MiB/s  0:15 left");
	progress_line(line, sizeof(line), PROGRESS_AUTO, "reading", 5000, 0,
		      2 * SECOND);
	assert_string_equal(line, "reading  5000 B  2500 B/s");
	/* No rate is guessed at the beginning, and none of nothing. */
	progress_line(line, sizeof(line), PROGRESS_AUTO, "x", 10, 100, 1000);
	assert_string_equal(line, "x  10 %  10 B");
	progress_line(line, sizeof(line), PROGRESS_AUTO, "x", 0, 0, SECOND);
	assert_string_equal(line, "x");
	/* More than was announced; a disk of 8 EiB. */
	progress_line(line, sizeof(line), PROGRESS_AUTO, "x", 9, 4, SECOND);
	assert_string_equal(line, "x 100 %  4 B  4 B/s  0:00 left");
	progress_line(line, sizeof(line), PROGRESS_AUTO, "x", UINT64_MAX / 2,
		      UINT64_MAX, SECOND);
	assert_non_null(strstr(line, "x  50 %  8388607 TiB"));
}

static void test_json(void **state)
{
	json_t *j;

	progress_line(line, sizeof(line), PROGRESS_JSON, "packing", 250 * MIB,
		      1000 * MIB, 5 * SECOND);
	j = json_loads(line, 0, NULL);
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(j, "progress")),
			    "packing");
	assert_int_equal(json_integer_value(json_object_get(j, "done")),
			 250 * MIB);
	assert_int_equal(json_integer_value(json_object_get(j, "total")),
			 1000 * MIB);
	assert_int_equal(json_integer_value(json_object_get(j, "rate")),
			 50 * MIB);
	assert_int_equal(json_integer_value(json_object_get(j, "left")), 15);
	json_decref(j);
	progress_line(line, sizeof(line), PROGRESS_JSON, "x", 0, 0, 0);
	assert_string_equal(line, "{\"progress\": \"x\", \"done\": 0}");
}

static void test_choice(void **state)
{
	assert_int_equal(progress_choose("json"), 0);
	assert_int_equal(progress_mode, PROGRESS_JSON);
	assert_int_equal(progress_choose("auto"), 0);
	assert_int_equal(progress_choose("yes"), -1);
	assert_int_equal(progress_mode, PROGRESS_AUTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
