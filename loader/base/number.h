/*
 * Numbers and sizes in text that somebody typed, or that came off a disk.
 */
#ifndef LOADER_BASE_NUMBER_H
#define LOADER_BASE_NUMBER_H

#include <stdint.h>

/*
 * A number of BASE 10 or 16 (0: 16 behind "0x", else 10) at *S, which then
 * moves past its digits; they end at END, if that is not NULL, or at any other
 * character.  ERR_NUMBER when there is none, ERR_OVERFLOW above MAX: nothing is
 * changed then.
 */
int number_take(const char **s, const char *end, unsigned base, uint64_t max,
		uint64_t *v);

/* All of TEXT is one decimal number of at most MAX; errors as above. */
int number_whole(const char *text, uint64_t max, uint64_t *v);

/*
 * All of TEXT, up to END if that is not NULL, is a size: a number as base 0 has
 * it and, if any, one of K, M, G and T (powers of 1024, in either case), also
 * as KiB and so on; errors as above.
 */
int number_size(const char *text, const char *end, uint64_t *bytes);

#endif
