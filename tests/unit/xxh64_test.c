/* The hash that boot code has: the library's, wherever the bytes lie. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "loader/disk/xxh64.h"

/* XXH64 of nothing and of "abc", as everybody has them. */
static void test_known(void **state)
{
	assert_true(xxh64_hash("", 0) == 0xef46db3751d8e999);
	assert_true(xxh64_hash("abc", 3) == 0x44bc2cf5ad770999);
}

/* Exactly as long as it says: the sanitizer would see another byte read. */
static void test_library(void **state)
{
	for (unsigned off = 0; off < 9; off++) {
		for (size_t len = 0; len < 200; len++) {
			uint8_t *p = malloc(off + len ? off + len : 1);

			for (size_t i = 0; i < off + len; i++)
				p[i] = (uint8_t)(i * 151 + len);
			assert_true(xxh64_hash(p + off, len) ==
				    XXH64(p + off, len, 0));
			free(p);
		}
	}
}

/* What a sum forgets: two stripes, two words, two bytes that change places. */
static void test_order(void **state)
{
	static const size_t sizes[] = { 1, 8, 32, 512 };
	uint8_t a[2048], b[2048];

	for (size_t i = 0; i < sizeof(a); i++)
		a[i] = (uint8_t)(i >> 9 ^ i * 7);
	for (unsigned i = 0; i < 4; i++) {
		size_t n = sizes[i];

		for (size_t at = 0; at + 2 * n <= sizeof(a); at += n) {
			memcpy(b, a, sizeof(b));
			memcpy(b + at, a + at + n, n);
			memcpy(b + at + n, a + at, n);
			assert_true(!memcmp(a, b, sizeof(a)) ==
				    (xxh64_hash(a, sizeof(a)) ==
				     xxh64_hash(b, sizeof(b))));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_library),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
