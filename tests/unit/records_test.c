/* Which lines of a console are reports, and how many are kept. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tools/vm/records.h"

static size_t taken(const char *line)
{
	struct records r = { .list = json_array() };
	size_t n;

	records_take(&r, line, 1);
	n = json_array_size(r.list);
	json_decref(r.list);
	return n;
}

static void test_lines(void **state)
{
	static const char *const good[] = {
		"PROBE {\"a\":1}", "TWINBOOT {}", "USERSPACE {\"a\":[{}]} tail",
		"  \tPROBE {}", "\x1b[2J\x1b[01;01HPROBE {}",
		"\x1b[0;37;40m PROBE {}", "    0> title\rPROBE {}",
	};
	static const char *const bad[] = {
		"", "PROBE", "PROBE{}", "PROBE []", "PROBE {", "PROBES {}",
		"kernel /x PROBE {}", "[ 0.0] Command line: USERSPACE {}",
		"title TWINBOOT {}", "(hv) PROBE {}", "PROBE  {}",
		"\x1b[", "\x1b[1;2", "\x1b", "PROBE {\"a\":}",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (taken(good[i]) != 1)
			fail_msg("no record: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (taken(bad[i]))
			fail_msg("a record: %s", bad[i]);
}

static void test_flood(void **state)
{
	struct records r = { .list = json_array() };
	static char big[100000];

	for (unsigned i = 0; i < 1000; i++)
		records_take(&r, "PROBE {}", i);
	assert_int_equal(json_array_size(r.list), 256);
	assert_int_equal(r.lost, 744);
	json_decref(r.list);

	r = (struct records){ .list = json_array() };
	snprintf(big, sizeof(big), "PROBE {\"a\":\"%090000d\"}", 0);
	for (unsigned i = 0; i < 5; i++)
		records_take(&r, big, i);
	assert_int_equal(json_array_size(r.list), 2);
	assert_int_equal(r.lost, 3);
	assert_true(r.len <= 256 << 10);
	json_decref(r.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
