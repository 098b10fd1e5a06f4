/*
 * Any bytes as packed data: into memory and through a callback, never past
 * the bound, and both ways the same.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/unpack/unpack.h"

#define BOUND 0x40000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t room[16 << 20], mem[BOUND], copy[BOUND];

static int collect(void *ctx, const void *p, size_t len)
{
	size_t *n = ctx;

	if (len > BOUND - *n)
		abort();
	memcpy(copy + *n, p, len);
	*n += len;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct unpack_method *u = unpack_find(span_of(data, size));
	struct arena arena = { room, sizeof(room), 0 };
	bool whole = size % 2 == 0;
	struct unpack_sink a = { .max = BOUND, .whole = whole, .mem = mem };
	size_t n = 0;
	struct unpack_sink b = { .max = BOUND, .whole = whole,
		.write = collect, .ctx = &n };
	struct file f;

	if (!u)
		return 0;
	fs_mem_file(&f, data, size);
	err_clear();
	if (unpack_run(u, &f, 0, size, &arena, &a) == 0) {
		int err = unpack_run(u, &f, 0, size, &arena, &b);

		/* A window may be too large for the second way only. */
		if (err ? err != ERR_NO_MEMORY :
		    n != a.done || memcmp(mem, copy, n))
			abort();
	} else if (!*err_text()) {
		abort();
	}
	if (arena.used || a.done > BOUND)
		abort();
	return 0;
}
