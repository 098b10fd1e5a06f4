/*
 * Four bytes at a time by four tables of 256 words, made when first needed:
 * small, and half the work of one byte at a time.
 */
#include "loader/disk/crc32.h"

/* Wherever it lies: a call of memcpy() for each would cost as much again. */
struct word {
	uint32_t value;
} __attribute__((packed, may_alias));

static uint32_t table[4][256];

static void make_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t v = i;

		for (int bit = 0; bit < 8; bit++)
			v = v >> 1 ^ (v & 1 ? 0xedb88320 : 0);
		table[0][i] = v;
	}
	/* The same behind one, two and three bytes of zero. */
	for (uint32_t t = 1; t < 4; t++)
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t v = table[t - 1][i];

			table[t][i] = v >> 8 ^ table[0][(uint8_t)v];
		}
}

uint32_t crc32_more(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *p = data;

	if (!table[0][1])
		make_tables();
	crc = ~crc;
	for (; len >= 4; len -= 4, p += 4) {
		crc ^= ((const struct word *)p)->value;
		crc = table[3][(uint8_t)crc] ^ table[2][(uint8_t)(crc >> 8)] ^
		      table[1][(uint8_t)(crc >> 16)] ^ table[0][crc >> 24];
	}
	for (; len; len--)
		crc = crc >> 8 ^ table[0][(uint8_t)crc ^ *p++];
	return ~crc;
}
