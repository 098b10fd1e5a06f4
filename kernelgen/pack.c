/*
 * Packers, each with what Linux' makefiles ask for: xz with the x86 filter and
 * a dictionary of 32 MiB, zstd with a window of 128 MiB and no size in its
 * header, lz4 in the legacy frame, lzo as lzop writes it.
 */
#include "kernelgen/pack.h"

#include <bzlib.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "loader/base/err.h"

static size_t pack_gzip(const uint8_t *in, size_t len, uint8_t *out,
			size_t out_max)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)in,
		.avail_in = (unsigned)len, .next_out = out,
		.avail_out = (unsigned)out_max };
	int r;

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY))
		return 0;
	r = deflate(&z, Z_FINISH);
	deflateEnd(&z);
	return r == Z_STREAM_END ? z.total_out : 0;
}

static size_t pack_bzip2(const uint8_t *in, size_t len, uint8_t *out,
			 size_t out_max)
{
	unsigned n = (unsigned)out_max;

	return BZ2_bzBuffToBuffCompress((char *)out, &n,
			(char *)(uintptr_t)in, (unsigned)len, 9, 0, 0) ? 0 : n;
}

static size_t run_lzma(lzma_stream *s, const uint8_t *in, size_t len,
		       uint8_t *out, size_t out_max)
{
	lzma_ret r;

	s->next_in = in;
	s->avail_in = len;
	s->next_out = out;
	s->avail_out = out_max;
	r = lzma_code(s, LZMA_FINISH);
	lzma_end(s);
	return r == LZMA_STREAM_END ? s->total_out : 0;
}

static size_t pack_lzma(const uint8_t *in, size_t len, uint8_t *out,
			size_t out_max)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma o;

	if (lzma_lzma_preset(&o, 6) || lzma_alone_encoder(&s, &o))
		return 0;
	return run_lzma(&s, in, len, out, out_max);
}

static size_t pack_xz(const uint8_t *in, size_t len, uint8_t *out,
		      size_t out_max)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma o;
	lzma_filter f[] = {
		{ LZMA_FILTER_X86, NULL },
		{ LZMA_FILTER_LZMA2, &o },
		{ LZMA_VLI_UNKNOWN, NULL },
	};

	if (lzma_lzma_preset(&o, 6))
		return 0;
	o.dict_size = 32 << 20;
	if (lzma_stream_encoder(&s, f, LZMA_CHECK_CRC32))
		return 0;
	return run_lzma(&s, in, len, out, out_max);
}

static size_t pack_zstd(const uint8_t *in, size_t len, uint8_t *out,
			size_t out_max)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t n;

	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, 9);
	ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, 27);
	ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(c, out, out_max, in, len);
	ZSTD_freeCCtx(c);
	return ZSTD_isError(n) ? 0 : n;
}

static void put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static size_t pack_lz4(const uint8_t *in, size_t len, uint8_t *out,
		       size_t out_max)
{
	const size_t block = 8 << 20;
	size_t n = 4;

	put_le32(out, 0x184c2102);
	for (size_t at = 0; at < len; at += block) {
		size_t part = len - at < block ? len - at : block;
		int r = LZ4_compress_default((char *)in + at,
				(char *)out + n + 4, (int)part,
				(int)(out_max - n - 4));

		if (r <= 0)
			return 0;
		put_le32(out + n, (uint32_t)r);
		n += 4 + (size_t)r;
	}
	return n;
}

static size_t pack_lz4_frame(const uint8_t *in, size_t len, uint8_t *out,
			     size_t out_max)
{
	LZ4F_preferences_t p = { .frameInfo = {
		.blockSizeID = LZ4F_max256KB, .blockMode = LZ4F_blockLinked,
		.contentChecksumFlag = LZ4F_contentChecksumEnabled } };
	size_t n = LZ4F_compressFrame(out, out_max, in, len, &p);

	return LZ4F_isError(n) ? 0 : n;
}

static size_t pack_none(const uint8_t *in, size_t len, uint8_t *out,
			size_t out_max)
{
	memcpy(out, in, len);
	return len;
}

static const struct {
	const char *name;
	pack_fn *pack;
} packers[] = {
	{ "gzip", pack_gzip },
	{ "bzip2", pack_bzip2 },
	{ "lzma", pack_lzma },
	{ "xz", pack_xz },
	{ "zstd", pack_zstd },
	{ "lz4", pack_lz4 },
	{ "lz4-frame", pack_lz4_frame },
	{ "lzo", pack_lzo },
	{ "none", pack_none },
};

/* NULL: none of that name. */
static pack_fn *find(const char *method)
{
	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++)
		if (!strcmp(packers[i].name, method))
			return packers[i].pack;
	return NULL;
}

bool pack_knows(const char *method)
{
	return find(method);
}

uint8_t *pack(const char *method, const void *in, size_t len, size_t tail,
	      size_t *out_len)
{
	/* More than any of them needs for data that does not shrink. */
	size_t max = len + len / 8 + 0x10000;
	pack_fn *one;
	uint8_t *out;

	if (len > 1u << 30) {
		fail(ERR_ARGUMENT, "%zu bytes to pack", len);
		return NULL;
	}
	one = find(method);
	if (!one) {
		fail(ERR_ARGUMENT, "compression %s", method);
		return NULL;
	}
	out = malloc(max + tail);
	*out_len = out ? one(in, len, out, max) : 0;
	if (*out_len)
		return out;
	free(out);
	fail(ERR_NO_MEMORY, "%s failed", method);
	return NULL;
}
