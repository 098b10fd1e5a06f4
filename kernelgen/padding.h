/* Bytes that no compression can shorten, the same in every run. */
#ifndef KERNELGEN_PADDING_H
#define KERNELGEN_PADDING_H

#include <stddef.h>
#include <stdint.h>

static inline void padding_fill(uint8_t *p, size_t len)
{
	uint64_t x = 0x9e3779b97f4a7c15;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (uint8_t)(x >> 32);
	}
}

#endif
