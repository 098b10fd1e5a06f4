/*
 * zstd, by libzstd.  Linux packs its kernels with a window of 128 MiB; into
 * memory, the output itself is the window and no other is needed.
 */
#define ZSTD_STATIC_LINKING_ONLY	/* own allocator, stable output */
#include <zstd.h>
#include <zstd_errors.h>

#include "loader/base/err.h"
#include "loader/unpack/methods.h"
#include "loader/unpack/unpack_io.h"

static void *alloc(void *io, size_t size)
{
	return unpack_alloc(io, 1, size);
}

/* The arena takes everything back at the end. */
static void release(void *io, void *p)
{
}

static int error(struct unpack_io *io, size_t r)
{
	switch (ZSTD_getErrorCode(r)) {
	case ZSTD_error_memory_allocation:
		return fail(ERR_NO_MEMORY, "%s: window too large", io->name);
	case ZSTD_error_frameParameter_windowTooLarge:
		return unpack_broken(io, "window of more than 128 MiB");
	case ZSTD_error_dstSize_tooSmall:
		return unpack_too_much(io);
	default:
		return unpack_broken(io, "broken data");
	}
}

static int step(struct unpack_io *io, void *ctx, struct unpack_buf *b)
{
	struct unpack_sink *s = io->sink;
	ZSTD_inBuffer in = { b->in, b->in_len, 0 };
	ZSTD_outBuffer out = { b->out, b->out_len, 0 };
	size_t before, r;

	/* Stable output: the same buffer each time, and all of it. */
	if (s->mem)
		out = (ZSTD_outBuffer){ s->mem, s->max, s->done };
	before = out.pos;
	r = ZSTD_decompressStream(ctx, &out, &in);
	if (ZSTD_isError(r))
		return error(io, r);
	b->in += in.pos;
	b->in_len -= in.pos;
	b->out_len -= out.pos - before;
	return r ? UNPACK_MORE : UNPACK_END;
}

static int run(struct unpack_io *io)
{
	ZSTD_customMem mem = { alloc, release, io };
	ZSTD_DCtx *d = ZSTD_createDCtx_advanced(mem);

	if (!d)
		return ERR_NO_MEMORY;
	if (io->sink->mem)
		ZSTD_DCtx_setParameter(d, ZSTD_d_stableOutBuffer, 1);
	return unpack_pump(io, d, step);
}

const struct unpack_method unpack_zstd = {
	.name = "zstd",
	.magic = { 0x28, 0xb5, 0x2f, 0xfd },
	.magic_len = 4,
	.run = run,
};
