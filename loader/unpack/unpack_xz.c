/* xz and its predecessor lzma, by liblzma. */
#include <lzma.h>

#include "loader/base/err.h"
#include "loader/unpack/methods.h"
#include "loader/unpack/unpack_io.h"

static void *alloc(void *io, size_t n, size_t size)
{
	return unpack_alloc(io, n, size);
}

/* The arena takes everything back at the end. */
static void release(void *io, void *p)
{
}

static int result(struct unpack_io *io, lzma_ret r)
{
	switch (r) {
	case LZMA_STREAM_END:
		return UNPACK_END;
	case LZMA_OK:
	case LZMA_BUF_ERROR:
		return UNPACK_MORE;
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return fail(ERR_NO_MEMORY, "%s: dictionary too large",
			    io->name);
	case LZMA_OPTIONS_ERROR:
		return unpack_broken(io, "unknown option");
	default:
		return unpack_broken(io, "broken data");
	}
}

static int step(struct unpack_io *io, void *ctx, struct unpack_buf *b)
{
	lzma_stream *s = ctx;
	lzma_ret r;

	s->next_in = b->in;
	s->avail_in = b->in_len;
	s->next_out = b->out;
	s->avail_out = b->out_len;
	r = lzma_code(s, LZMA_RUN);
	b->in = s->next_in;
	b->in_len = s->avail_in;
	b->out = s->next_out;
	b->out_len = s->avail_out;
	return result(io, r);
}

static int run_xz(struct unpack_io *io)
{
	lzma_allocator a = { alloc, release, io };
	lzma_stream s = LZMA_STREAM_INIT;
	int r;

	s.allocator = &a;
	r = result(io, lzma_stream_decoder(&s, UINT64_MAX, 0));
	return r < 0 ? r : unpack_pump(io, &s, step);
}

static int run_lzma(struct unpack_io *io)
{
	lzma_allocator a = { alloc, release, io };
	lzma_stream s = LZMA_STREAM_INIT;
	int r;

	s.allocator = &a;
	r = result(io, lzma_alone_decoder(&s, UINT64_MAX));
	return r < 0 ? r : unpack_pump(io, &s, step);
}

const struct unpack_method unpack_xz = {
	.name = "xz",
	.magic = { 0xfd, '7', 'z', 'X', 'Z', 0 },
	.magic_len = 6,
	.run = run_xz,
};

const struct unpack_method unpack_lzma = {
	.name = "lzma",
	.magic = { 0x5d, 0, 0 },
	.magic_len = 3,
	.run = run_lzma,
};
