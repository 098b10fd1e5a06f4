/*
 * lz4, by liblz4: the frame format, and the older one that Linux uses for its
 * kernels (its documentation: lz4_Frame_format.md, "Legacy frame").
 */
#define LZ4F_STATIC_LINKING_ONLY	/* own allocator */
#include <lz4.h>
#include <lz4frame.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/unpack/methods.h"
#include "loader/unpack/unpack_io.h"

#define LEGACY_MAGIC 0x184c2102
#define LEGACY_BLOCK (8 << 20)

static void *alloc(void *io, size_t size)
{
	return unpack_alloc(io, 1, size);
}

/* The arena takes everything back at the end. */
static void release(void *io, void *p)
{
}

static int step(struct unpack_io *io, void *ctx, struct unpack_buf *b)
{
	LZ4F_decompressOptions_t options = { .stableDst = !!io->sink->mem };
	size_t in = b->in_len, out = b->out_len;
	size_t r = LZ4F_decompress(ctx, b->out, &out, b->in, &in, &options);

	if (LZ4F_isError(r))
		return LZ4F_getErrorCode(r) == LZ4F_ERROR_allocation_failed ?
			ERR_NO_MEMORY : unpack_broken(io, "broken data");
	b->in += in;
	b->in_len -= in;
	b->out_len -= out;
	return r ? UNPACK_MORE : UNPACK_END;
}

static int run(struct unpack_io *io)
{
	LZ4F_CustomMem mem = { alloc, NULL, release, io };
	LZ4F_dctx *d = LZ4F_createDecompressionContext_advanced(mem,
							LZ4F_VERSION);

	return d ? unpack_pump(io, d, step) : ERR_NO_MEMORY;
}

static int legacy_block(struct unpack_io *io, uint8_t *in, uint8_t *spare,
			uint32_t len)
{
	size_t room = LEGACY_BLOCK;
	uint8_t *out;
	int err, n;

	if (len > (uint32_t)LZ4_compressBound(LEGACY_BLOCK))
		return unpack_broken(io, "broken block length");
	if ((err = unpack_read(io, in, len)))
		return err;
	unpack_room(io, spare, &out, &room);
	n = LZ4_decompress_safe((char *)in, (char *)out, (int)len, (int)room);
	if (n < 0 && room < LEGACY_BLOCK)
		return unpack_too_much(io);
	if (n < 0)
		return unpack_broken(io, "broken data");
	return unpack_commit(io, out, (size_t)n);
}

/*
 * Blocks until the data ends.  In a kernel, four more bytes follow the last
 * one: the unpacked size.
 */
static int run_legacy(struct unpack_io *io)
{
	size_t bound = (size_t)LZ4_compressBound(LEGACY_BLOCK);
	uint8_t *in = unpack_alloc(io, 1, bound < io->left ? bound : io->left);
	uint8_t *spare = io->sink->mem ? in : unpack_alloc(io, 1, LEGACY_BLOCK);
	uint32_t word;
	int err;

	if (!in || !spare)
		return ERR_NO_MEMORY;
	while (io->left) {
		uint8_t b[4];

		if ((err = unpack_read(io, b, 4)))
			return err;
		word = b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
		if (word == LEGACY_MAGIC)
			continue;
		if (!io->left && word == (uint32_t)io->sink->done)
			break;
		if ((err = legacy_block(io, in, spare, word)))
			return err;
	}
	return 0;
}

const struct unpack_method unpack_lz4 = {
	.name = "lz4",
	.magic = { 0x04, 0x22, 0x4d, 0x18 },
	.magic_len = 4,
	.run = run,
};

const struct unpack_method unpack_lz4_legacy = {
	.name = "lz4",
	.magic = { 0x02, 0x21, 0x4c, 0x18 },
	.magic_len = 4,
	.run = run_legacy,
};
