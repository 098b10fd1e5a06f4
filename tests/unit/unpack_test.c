/* Every compression: whole, cut, bit-flipped, too large, too little memory. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "kernelgen/pack.h"
#include "loader/base/err.h"
#include "loader/unpack/unpack.h"

static const char *const methods[] = { "gzip", "bzip2", "lzma", "xz", "zstd",
	"lz4", "lz4-frame", "lzo" };
#define N_METHODS (sizeof(methods) / sizeof(methods[0]))

#define LEN 300001		/* several blocks of lzo and of our chunks */
#define ROOM (48 << 20)

static uint8_t *plain, *room, *out;
static uint8_t *packed[N_METHODS];
static size_t packed_len[N_METHODS], n_methods;

/* Text-like, so that it shrinks, with stretches that do not. */
static void fill(uint8_t *p, size_t len)
{
	uint32_t x = 1;

	for (size_t i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = i / 20000 % 3 ? "etaoin s"[x >> 29] : (uint8_t)(x >> 24);
	}
}

static int setup(void **state)
{
	plain = malloc(LEN);
	out = malloc(LEN + 1);
	room = malloc(ROOM);
	fill(plain, LEN);
	for (size_t i = 0; i < N_METHODS; i++) {
		packed[i] = pack(methods[i], plain, LEN, 4, &packed_len[i]);
		/* A build without liblzo2 goes without. */
		if (packed[i])
			n_methods++;
		else if (strcmp(methods[i], "lzo"))
			return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < n_methods; i++)
		free(packed[i]);
	free(plain);
	free(out);
	free(room);
	return 0;
}

static int run_in(const uint8_t *p, size_t len, size_t arena_size,
		  struct unpack_sink *sink)
{
	struct arena arena = { room, arena_size, 0 };
	const struct unpack_method *u = unpack_find(span_of(p, len));
	struct file f;

	err_clear();
	assert_non_null(u);
	fs_mem_file(&f, p, len);
	return unpack_run(u, &f, 0, len, &arena, sink);
}

static int run(const uint8_t *p, size_t len, struct unpack_sink *sink)
{
	return run_in(p, len, ROOM, sink);
}

static int collect(void *ctx, const void *p, size_t len)
{
	size_t *n = ctx;

	assert_true(len <= LEN - *n);
	memcpy(out + *n, p, len);
	*n += len;
	return 0;
}

/* Into memory and through a callback; a tail as Linux adds it is ignored. */
static void test_whole(void **state)
{
	for (size_t i = 0; i < n_methods; i++) {
		struct unpack_sink mem = { .max = LEN, .mem = out };
		size_t n = 0;
		struct unpack_sink call = { .max = LEN, .write = collect,
			.ctx = &n };
		size_t len = packed_len[i];

		memset(out, 0, LEN);
		out[LEN] = 0x5a;
		assert_int_equal(run(packed[i], len, &mem), 0);
		assert_int_equal(mem.done, LEN);
		assert_memory_equal(out, plain, LEN);
		assert_int_equal(out[LEN], 0x5a);
		memset(out, 0, LEN);
		for (int k = 0; k < 4; k++)
			packed[i][len + k] = (uint8_t)(LEN >> 8 * k);
		assert_int_equal(run(packed[i], len + 4, &call), 0);
		assert_int_equal(n, LEN);
		assert_memory_equal(out, plain, LEN);
	}
}

static void test_bound(void **state)
{
	for (size_t i = 0; i < n_methods; i++) {
		struct unpack_sink mem = { .max = LEN - 1, .mem = out };
		size_t n = 0;
		struct unpack_sink call = { .max = 4096, .write = collect,
			.ctx = &n };

		out[LEN - 1] = 0x5a;
		assert_int_equal(run(packed[i], packed_len[i], &mem),
				 ERR_NO_MEMORY);
		assert_non_null(strstr(err_text(), "unpacks to more than"));
		assert_int_equal(out[LEN - 1], 0x5a);
		assert_int_equal(run(packed[i], packed_len[i], &call),
				 ERR_NO_MEMORY);
		assert_true(n <= 4096);
	}
}

static void test_cut(void **state)
{
	for (size_t i = 0; i < n_methods; i++)
		for (size_t cut = 1; cut < 100000; cut = cut * 7 + 1) {
			struct unpack_sink s = { .max = LEN, .mem = out };

			if (cut + 16 > packed_len[i])
				break;
			assert_int_equal(run(packed[i], packed_len[i] - cut,
					     &s), ERR_GZIP);
			assert_non_null(strstr(err_text(), methods[i][0] ==
					       'l' ? "l" : methods[i]));
		}
}

/* The older formats have no checksum of their own. */
static bool has_checksum(const char *method)
{
	return strcmp(method, "lz4") && strcmp(method, "lzma");
}

static void test_flipped(void **state)
{
	for (size_t i = 0; i < n_methods; i++)
		for (size_t at = 16; at < packed_len[i]; at += 20011) {
			struct unpack_sink s = { .max = LEN, .mem = out };
			int err;

			packed[i][at] ^= 0x10;
			err = run(packed[i], packed_len[i], &s);
			packed[i][at] ^= 0x10;
			assert_true(s.done <= LEN);
			assert_true(err == 0 || err == ERR_GZIP ||
				    err == ERR_NO_MEMORY);
			if (has_checksum(methods[i]))
				assert_true(err || !memcmp(out, plain, LEN));
		}
}

/* A little that becomes much stops at the bound. */
static void test_bomb(void **state)
{
	size_t big = 2 << 20, len, n;
	uint8_t *zeroes = calloc(1, big), *p;

	for (size_t i = 0; i < n_methods; i++) {
		struct unpack_sink mem = { .max = 100000, .mem = out };
		struct unpack_sink call = { .max = 100000, .write = collect,
			.ctx = &n };

		p = pack(methods[i], zeroes, big, 0, &len);
		assert_non_null(p);
		n = 0;
		assert_int_equal(run(p, len, &mem), ERR_NO_MEMORY);
		assert_int_equal(run(p, len, &call), ERR_NO_MEMORY);
		assert_true(n <= 100000);
		free(p);
	}
	free(zeroes);
}

/* No size of arena makes it crash, and what fails says why. */
static void test_no_memory(void **state)
{
	for (size_t i = 0; i < n_methods; i++)
		for (size_t size = 1; size < ROOM / 2; size *= 8) {
			size_t n = 0;
			struct unpack_sink s = { .max = LEN, .write = collect,
				.ctx = &n };
			int err = run_in(packed[i], packed_len[i], size, &s);

			assert_true(err == 0 || err == ERR_NO_MEMORY);
			assert_true(!err || *err_text());
		}
}

/* zstd's window of 128 MiB is not needed when the output is in memory. */
static void test_zstd_window(void **state)
{
	struct unpack_sink mem = { .max = LEN, .mem = out };
	size_t n = 0;
	struct unpack_sink call = { .max = LEN, .write = collect, .ctx = &n };

	assert_string_equal(methods[4], "zstd");
	assert_int_equal(run_in(packed[4], packed_len[4], 1 << 20, &mem), 0);
	assert_int_equal(run_in(packed[4], packed_len[4], 1 << 20, &call),
			 ERR_NO_MEMORY);
}

static int refuse(void *ctx, const void *p, size_t len)
{
	return ERR_EXEC_FORMAT;
}

static void test_sink_stops(void **state)
{
	for (size_t i = 0; i < n_methods; i++) {
		struct unpack_sink s = { .max = LEN, .write = refuse };

		assert_int_equal(run(packed[i], packed_len[i], &s),
				 ERR_EXEC_FORMAT);
	}
}

static void test_size(void **state)
{
	uint64_t size;
	struct file f;

	assert_string_equal(methods[0], "gzip");
	fs_mem_file(&f, packed[0], packed_len[0]);
	assert_int_equal(unpack_size(&f, 0, packed_len[0], &size), 0);
	assert_int_equal(size, LEN);
	err_clear();
	assert_int_equal(unpack_size(&f, 0, 3, &size), ERR_GZIP);
	assert_null(unpack_find(span_of("\x7f" "ELF......", 10)));
	assert_null(unpack_find(span_of("\x1f\x8b", 2)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_zstd_window),
		cmocka_unit_test(test_sink_stops),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
