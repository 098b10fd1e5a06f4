/*
 * gzip, by zlib.  The size of a file with several members is known when they
 * are unpacked: then they are unpacked twice, and others as ever.
 */
#define ZLIB_CONST
#include <zlib.h>

#include "loader/base/err.h"
#include "loader/unpack/methods.h"
#include "loader/unpack/unpack_io.h"

#define PARTS_MAX (1u << 30)	/* bytes of such a file, unpacked */

static void *alloc(void *io, unsigned n, unsigned size)
{
	return unpack_alloc(io, n, size);
}

/* The arena takes everything back at the end. */
static void release(void *io, void *p)
{
}

struct gunzip {
	z_stream z;
	bool between;		/* a member has ended */
};

/* Behind a member of a whole file: another one, zeroes, or the end. */
static int step_between(struct unpack_io *io, struct gunzip *g,
			struct unpack_buf *b)
{
	while (b->in_len && !*b->in) {
		b->in++;
		b->in_len--;
	}
	if (!b->in_len)
		return io->left ? UNPACK_MORE : UNPACK_END;
	if (*b->in != unpack_gzip.magic[0])
		return unpack_broken(io, "neither gzip nor zeroes behind its "
				     "end");
	g->between = false;
	return inflateReset(&g->z) == Z_OK ? UNPACK_MORE :
	       unpack_broken(io, "broken data");
}

static int step(struct unpack_io *io, void *ctx, struct unpack_buf *b)
{
	struct gunzip *g = ctx;
	z_stream *z = &g->z;
	int r;

	if (g->between && ((r = step_between(io, g, b)) || g->between))
		return r;
	z->next_in = b->in;
	z->avail_in = (unsigned)b->in_len;
	z->next_out = b->out;
	z->avail_out = (unsigned)b->out_len;
	r = inflate(z, Z_NO_FLUSH);
	b->in = z->next_in;
	b->in_len = z->avail_in;
	b->out = z->next_out;
	b->out_len = z->avail_out;
	if (r == Z_STREAM_END) {
		g->between = true;
		return io->sink->whole ? UNPACK_MORE : UNPACK_END;
	}
	if (r == Z_OK || r == Z_BUF_ERROR)
		return UNPACK_MORE;
	return unpack_broken(io, "broken data");
}

static int run(struct unpack_io *io)
{
	struct gunzip g = { { .zalloc = alloc, .zfree = release,
			      .opaque = io } };

	/* 15: the largest window; 16: with gzip's header and CRC. */
	if (inflateInit2(&g.z, 15 + 16) != Z_OK)
		return ERR_NO_MEMORY;
	return unpack_pump(io, &g, step);
}

static int count(void *ctx, const void *p, size_t len)
{
	return 0;
}

int unpack_gunzip(struct file *f, const char *path, struct arena *arena,
		  void *mem, uint64_t *size)
{
	struct unpack_sink sink = { .name = path, .max = *size, .whole = true,
				    .mem = mem };
	struct unpack_sink all = { .name = path, .max = PARTS_MAX,
				   .whole = true, .write = count };
	int err = unpack_run(&unpack_gzip, f, 0, f->size, arena, &sink);

	if (err == ERR_NO_MEMORY) {
		err_clear();
		err = unpack_run(&unpack_gzip, f, 0, f->size, arena, &all);
		sink.done = all.done;
	}
	if (err || sink.done == *size)
		return err;
	*size = sink.done;
	return UNPACK_OTHER_SIZE;
}

const struct unpack_method unpack_gzip = {
	.name = "gzip",
	.magic = { 0x1f, 0x8b, 8 },
	.magic_len = 3,
	.run = run,
};
