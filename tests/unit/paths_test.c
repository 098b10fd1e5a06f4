/* The formats of every path: each is for a command, or nobody would ask it. */
#include "tests/unit/unit.h"

#include "loader/paths.h"

static void test_by(void **state)
{
	static const struct kernel_format *const *const lists[] = {
		paths_bios, paths_bios_pv, paths_uefi, paths_uefi_pv, paths_pv
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		assert_non_null(lists[i][0]);
		for (size_t j = 0; lists[i][j]; j++) {
			const struct kernel_format *f = lists[i][j];

			if (!f->by || !f->name || !f->probe || !f->load)
				fail_msg("list %zu, %s", i, f->name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_by) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
