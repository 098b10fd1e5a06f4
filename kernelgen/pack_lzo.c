/*
 * lzop's file format, by liblzo2, which is GPL: `make LZO=0` builds no_lzo/
 * instead of this file.
 */
#include <lzo/lzo1x.h>
#include <string.h>
#include <zlib.h>

#include "kernelgen/pack.h"

static void put_be32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* lzop 1.x's header: version 1.03, level 9, checksum of unpacked data. */
static size_t lzop_header(uint8_t *out)
{
	static const uint8_t head[] = { 0x89, 'L', 'Z', 'O', 0, '\r', '\n',
		0x1a, '\n', 0x10, 0x30, 0x20, 0x80, 0x09, 0x40, 3, 9,
		0, 0, 0, 1 };
	size_t n = sizeof(head) + 12 + 1;

	memset(out, 0, n);
	memcpy(out, head, sizeof(head));
	put_be32(out + n, (uint32_t)adler32(1, out + 9, (unsigned)n - 9));
	return n + 4;
}

size_t pack_lzo(const uint8_t *in, size_t len, uint8_t *out, size_t out_max)
{
	static uint8_t work[LZO1X_1_MEM_COMPRESS];
	const size_t block = 0x40000;
	size_t n = lzop_header(out);

	for (size_t at = 0; at < len; at += block) {
		size_t part = len - at < block ? len - at : block;
		lzo_uint r = out_max - n - 12;

		if (lzo1x_1_compress(in + at, part, out + n + 12, &r, work))
			return 0;
		if (r >= part) {
			r = part;
			memcpy(out + n + 12, in + at, part);
		}
		put_be32(out + n, (uint32_t)part);
		put_be32(out + n + 4, (uint32_t)r);
		put_be32(out + n + 8, (uint32_t)adler32(1, in + at,
							(unsigned)part));
		n += 12 + r;
	}
	put_be32(out + n, 0);
	return n + 4;
}
