/* Several files as one: bytes, the gaps between them, what cannot be joined. */
#include "tests/unit/unit.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/fs/join.h"

static uint8_t room[4096];
static struct arena arena;
static struct file a, b, c, *const all[] = { &a, &b, &c };

static int setup(void **state)
{
	arena = (struct arena){ room, sizeof(room), 0 };
	err_clear();
	fs_mem_file(&a, "abcde", 5);
	fs_mem_file(&b, "", 0);
	fs_mem_file(&c, "wxyz", 4);
	return 0;
}

static void test_bytes(void **state)
{
	static const char want[] = "abcde\0\0\0wxyz";
	struct file f;
	char got[16];

	assert_int_equal(join_files(&f, all, 3, &arena), 0);
	assert_int_equal(f.size, 12);
	for (size_t off = 0; off <= 12; off++) {
		for (size_t len = 0; off + len <= 12; len++) {
			memset(got, '-', sizeof(got));
			assert_int_equal(fs_read(&f, off, len, got), 0);
			assert_memory_equal(got, want + off, len);
			assert_int_equal(got[len], '-');
		}
	}
	assert_int_equal(fs_read(&f, 5, 8, got), ERR_FILE_LENGTH);
	err_clear();
	assert_int_equal(join_files(&f, all + 1, 1, &arena), 0);
	assert_int_equal(f.size, 0);
}

static void test_refused(void **state)
{
	struct blk one = { .name = "hd0,0" }, two = { .name = "hd1" };
	struct fs fs1 = { .blk = &one }, fs2 = { .blk = &two };
	struct file f;

	a.fs = &fs1;
	assert_int_equal(join_files(&f, all, 3, &arena), 0);
	c.fs = &fs2;
	assert_int_equal(join_files(&f, all, 3, &arena), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "initrds on (hd0,0) and on (hd1)"));
	err_clear();
	c.fs = &fs1;
	c.size = UINT64_MAX - 1;
	assert_int_equal(join_files(&f, all, 3, &arena), ERR_NO_MEMORY);
	c.size = UINT64_MAX - 8;
	assert_int_equal(join_files(&f, all, 3, &arena), ERR_NO_MEMORY);
	arena.size = arena.used;
	err_clear();
	assert_int_equal(join_files(&f, all, 1, &arena), ERR_NO_MEMORY);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_bytes, setup),
		cmocka_unit_test_setup(test_refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
