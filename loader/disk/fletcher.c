/* Four words a turn: what is summed are hundreds of KiB, at every such boot. */
#include "loader/disk/fletcher.h"

/* Wherever it lies. */
typedef uint64_t __attribute__((aligned(1), may_alias)) word;

void fletcher_sum(const void *p, uint32_t bytes, uint64_t sum[2])
{
	const word *at = p, *end = at + bytes / sizeof(*at);
	uint64_t a = 0, b = 0;

	while (at < end) {
		b += a += *at++;
		b += a += *at++;
		b += a += *at++;
		b += a += *at++;
	}
	sum[0] = a;
	sum[1] = b;
}

uint32_t fletcher_fold(const void *p, uint32_t bytes)
{
	uint64_t sum[2], all;

	fletcher_sum(p, bytes, sum);
	all = sum[0] ^ sum[1];
	return (uint32_t)(all ^ all >> 32);
}
