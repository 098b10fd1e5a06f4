/* bzip2, by libbz2. */
#define BZ_NO_STDIO
#include <bzlib.h>

#include "loader/base/err.h"
#include "loader/unpack/methods.h"
#include "loader/unpack/unpack_io.h"

static void *alloc(void *io, int n, int size)
{
	return unpack_alloc(io, (size_t)n, (size_t)size);
}

/* The arena takes everything back at the end. */
static void release(void *io, void *p)
{
}

static int step(struct unpack_io *io, void *ctx, struct unpack_buf *b)
{
	bz_stream *s = ctx;
	int r;

	/* Not const in its interface, but only read. */
	s->next_in = (char *)(uintptr_t)b->in;
	s->avail_in = (unsigned)b->in_len;
	s->next_out = (char *)b->out;
	s->avail_out = (unsigned)b->out_len;
	r = BZ2_bzDecompress(s);
	b->in = (const uint8_t *)s->next_in;
	b->in_len = s->avail_in;
	b->out = (uint8_t *)s->next_out;
	b->out_len = s->avail_out;
	if (r == BZ_STREAM_END)
		return UNPACK_END;
	if (r == BZ_OK)
		return UNPACK_MORE;
	return r == BZ_MEM_ERROR ? ERR_NO_MEMORY :
	       unpack_broken(io, "broken data");
}

static int run(struct unpack_io *io)
{
	bz_stream s = { .bzalloc = alloc, .bzfree = release, .opaque = io };

	if (BZ2_bzDecompressInit(&s, 0, 0) != BZ_OK)
		return ERR_NO_MEMORY;
	return unpack_pump(io, &s, step);
}

const struct unpack_method unpack_bzip2 = {
	.name = "bzip2",
	.magic = { 'B', 'Z', 'h' },
	.magic_len = 3,
	.run = run,
};
