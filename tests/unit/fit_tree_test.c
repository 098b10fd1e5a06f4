/* FIT images whose devicetrees are wrong. */
#include "tests/unit/fitmade.h"

#include <stdlib.h>

/* The reader has noticed before END, or at it. */
static void damaged_by(uint32_t end)
{
	const char *where = strstr(err_text(), "damaged at byte ");

	assert_non_null(where);
	assert_in_range(atoi(where + 16), TREE, end);
}

static void test_wrong(void **state)
{
	uint32_t last = at;

	/* Cut anywhere, none is taken and nothing is read that is not there. */
	for (uint32_t n = 0; n < last - TREE; n++) {
		put(36, n);
		assert_true(load() < 0);
		damaged_by(TREE + n);
	}
	/* Any word as another: an error, or what it still says. */
	for (uint32_t i = 4; i < last; i += 4)
		for (uint32_t v = 0; v < 8; v++) {
			static const uint32_t other[] = { 0, 1, 2, 3, 9,
				0x7fffffff, 0xfffffffc, 0xffffffff };

			make();
			put(i, other[v]);
			assert_true(load() <= 0);
		}
	setup(NULL);
	external = POSITION;
	behind = sizeof(image) - 11;
	make();
	assert_int_equal(load(), ERR_FILE_LENGTH);
	/* An offset that would lead back into the tree. */
	external = OFFSET;
	behind = TOTAL - 0x100;
	make();
	assert_int_equal(load(), ERR_FILE_LENGTH);
}

/* Of a property's length that comes near 2^32 nothing leads back. */
static void test_lengths(void **state)
{
	static const uint32_t len[] = { 0x7fffffff, 0x80000000, 0xffffffff };

	for (unsigned i = 0; i < 3; i++)
		for (uint32_t less = 0; less < 64; less++) {
			at = TREE;
			names = 0;
			begin("");
			prop("a", "value", 6);
			put(at - 16, len[i] - less);
			end();
			word(9);
			header();
			assert_int_equal(load(), ERR_EXEC_FORMAT);
			damaged_by(at);
		}
	/* A number has four bytes. */
	for (number_len = 0; number_len < 9; number_len++) {
		external = POSITION;
		kernel_hash = "sha256";
		ramdisk = NULL;
		assert_int_equal(load_made(), number_len == 4 ? 0 :
				 ERR_EXEC_FORMAT);
	}
}

/* One root, that ends. */
static void test_roots(void **state)
{
	at = TREE;
	begin("");
	begin("images");
	end();
	word(9);
	header();
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	damaged_by(at);
	at = TREE;
	begin("");
	end();
	begin("");
	end();
	word(9);
	header();
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	damaged_by(at);
}

static void wrong_header(uint32_t where, uint32_t v)
{
	make();
	put(where, v);
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "header"));
}

static void test_header(void **state)
{
	wrong_header(4, sizeof(image) + 1);
	wrong_header(8, TREE + 2);
	wrong_header(8, TOTAL);
	wrong_header(12, TOTAL);	/* in the file, but not in the tree */
	wrong_header(12, 36);
	wrong_header(20, 16);
	wrong_header(24, 18);
	wrong_header(36, 0u - TREE);
	wrong_header(36, UINT32_MAX);
	wrong_header(32, UINT32_MAX);
	/* Strings are kept, so there is an end to them. */
	make();
	put(4, sizeof(image));
	put(32, 0x4001);
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "header"));
	put(32, 0x4000);
	assert_int_equal(load(), 0);
}

static void test_name(void **state)
{
	char name[300];

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = 0;
	at = TREE;
	names = 0;
	begin("");
	begin(name);
	end();
	end();
	word(9);
	header();
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "damaged at byte"));
}

/* Too deep and too many are the same: nodes are counted. */
static void test_too_many(void **state)
{
	at = TREE;
	for (int i = 0; i <= FIT_NODES; i++)
		begin("");
	for (int i = 0; i <= FIT_NODES; i++)
		end();
	word(9);
	header();
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "nodes"));
	at = TREE;
	begin("");
	for (int i = 0; i <= FIT_PROPS; i++) {
		word(3);
		word(0);
		word(0);
	}
	end();
	word(9);
	header();
	put(12, TREE - 8);	/* all are called "" */
	put(32, 8);
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "properties"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_wrong, setup),
		cmocka_unit_test_setup(test_lengths, setup),
		cmocka_unit_test_setup(test_roots, setup),
		cmocka_unit_test_setup(test_header, setup),
		cmocka_unit_test_setup(test_name, setup),
		cmocka_unit_test_setup(test_too_many, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
