/* A table of 256 words, made when first needed: small, and quick enough. */
#include "loader/disk/crc32.h"

static uint32_t table[256];

static void make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t v = i;

		for (int bit = 0; bit < 8; bit++)
			v = v >> 1 ^ (v & 1 ? 0xedb88320 : 0);
		table[i] = v;
	}
}

uint32_t crc32_more(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *p = data;

	if (!table[1])
		make_table();
	for (crc = ~crc; len; len--)
		crc = crc >> 8 ^ table[(uint8_t)crc ^ *p++];
	return ~crc;
}
