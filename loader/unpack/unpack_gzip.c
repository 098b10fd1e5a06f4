/* gzip, by zlib. */
#define ZLIB_CONST
#include <zlib.h>

#include "loader/base/err.h"
#include "loader/unpack/methods.h"
#include "loader/unpack/unpack_io.h"

static void *alloc(void *io, unsigned n, unsigned size)
{
	return unpack_alloc(io, n, size);
}

/* The arena takes everything back at the end. */
static void release(void *io, void *p)
{
}

static int step(struct unpack_io *io, void *ctx, struct unpack_buf *b)
{
	z_stream *z = ctx;
	int r;

	z->next_in = b->in;
	z->avail_in = (unsigned)b->in_len;
	z->next_out = b->out;
	z->avail_out = (unsigned)b->out_len;
	r = inflate(z, Z_NO_FLUSH);
	b->in = z->next_in;
	b->in_len = z->avail_in;
	b->out = z->next_out;
	b->out_len = z->avail_out;
	if (r == Z_STREAM_END)
		return UNPACK_END;
	if (r == Z_OK || r == Z_BUF_ERROR)
		return UNPACK_MORE;
	return unpack_broken(io, "broken data");
}

static int run(struct unpack_io *io)
{
	z_stream z = { .zalloc = alloc, .zfree = release, .opaque = io };

	/* 15: the largest window; 16: with gzip's header and CRC. */
	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return ERR_NO_MEMORY;
	return unpack_pump(io, &z, step);
}

int unpack_gunzip(struct file *f, const char *path, struct arena *arena,
		  void *mem, uint64_t size)
{
	struct unpack_sink sink = { .name = path, .max = size, .mem = mem };
	int err = unpack_run(&unpack_gzip, f, 0, f->size, arena, &sink);

	if (!err && sink.done != size)
		return fail(ERR_GZIP, "%s: %lu bytes, its end says %lu", path,
			    sink.done, size);
	return err;
}

const struct unpack_method unpack_gzip = {
	.name = "gzip",
	.magic = { 0x1f, 0x8b, 8 },
	.magic_len = 3,
	.run = run,
};
