/*
 * What all compressions share: reading, writing, bounds.  The methods
 * themselves are libraries' (one file each).
 */
#include "loader/unpack/unpack.h"

#include "loader/base/err.h"
#include "loader/unpack/unpack_io.h"

#define BLOCK 4096u		/* of most file systems */

int unpack_size(struct file *f, uint64_t off, uint64_t len, uint64_t *size)
{
	uint8_t b[4];
	int err;

	if (len < 4)
		return fail(ERR_GZIP, "%lu bytes of packed data", len);
	err = fs_read(f, off + len - 4, 4, b);
	*size = b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
	return err;
}

int unpack_run(const struct unpack_method *u, struct file *f, uint64_t off,
	       uint64_t len, struct arena *arena, struct unpack_sink *sink)
{
	struct unpack_io io = { .name = sink->name ? sink->name : u->name,
		.file = f, .off = off, .left = len, .sink = sink,
		.arena = arena };
	size_t mark = arena_mark(arena);
	int err;

	sink->done = 0;
	err = u->run(&io);
	arena_release(arena, mark);
	return err;
}

int unpack_broken(struct unpack_io *io, const char *what)
{
	return fail(ERR_GZIP, "%s: %s, before byte %lu", io->name, what,
		    io->off);
}

int unpack_too_much(struct unpack_io *io)
{
	return fail(ERR_NO_MEMORY, "%s: unpacks to more than %lu bytes",
		    io->name, io->sink->max);
}

void *unpack_alloc(struct unpack_io *io, size_t n, size_t size)
{
	if (__builtin_mul_overflow(n, size, &n))
		n = SIZE_MAX;
	return arena_alloc_raw(io->arena, n, 16);
}

int unpack_read(struct unpack_io *io, void *buf, size_t len)
{
	int err;

	if (len > io->left)
		return unpack_broken(io, "data ends too early");
	err = fs_read(io->file, io->off, len, buf);
	io->off += len;
	io->left -= len;
	return err;
}

void unpack_room(struct unpack_io *io, uint8_t *spare, uint8_t **p,
		 size_t *len)
{
	struct unpack_sink *s = io->sink;

	if (*len > s->max - s->done)
		*len = s->max - s->done;
	*p = s->mem ? s->mem + s->done : spare;
	/* A stream may end exactly at the bound: let its end be seen. */
	if (!*len) {
		*p = io->spill;
		*len = sizeof(io->spill);
	}
}

int unpack_commit(struct unpack_io *io, const uint8_t *p, size_t len)
{
	struct unpack_sink *s = io->sink;

	if (len > s->max - s->done)
		return unpack_too_much(io);
	s->done += len;
	return s->mem || !len ? 0 : s->write(s->ctx, p, len);
}

/* To the end or to a block's of the file: the next piece is one request. */
static int fill(struct unpack_io *io, struct unpack_buf *b)
{
	b->in = io->in;
	b->in_len = io->left;
	if (b->in_len > io->in_size)
		b->in_len = io->in_size - (io->off + io->in_size) % BLOCK;
	return b->in_len ? unpack_read(io, io->in, b->in_len) : 0;
}

int unpack_pump(struct unpack_io *io, void *ctx,
		int (*step)(struct unpack_io *io, void *ctx,
			    struct unpack_buf *b))
{
	struct unpack_buf b = { 0 };
	int err, result;

	io->in_size = io->left < UNPACK_INPUT ? io->left : UNPACK_INPUT;
	io->in = unpack_alloc(io, 1, io->in_size);
	io->out = io->sink->mem ? io->in : unpack_alloc(io, 1, UNPACK_CHUNK);
	if (!io->in || !io->out)
		return ERR_NO_MEMORY;
	for (;;) {
		size_t had, room = io->sink->mem ? 1u << 30 : UNPACK_CHUNK;
		uint8_t *out;

		if (!b.in_len && (err = fill(io, &b)))
			return err;
		unpack_room(io, io->out, &out, &room);
		had = b.in_len;
		b.out = out;
		b.out_len = room;
		result = step(io, ctx, &b);
		if (result < 0)
			return result;
		room -= b.out_len;
		if ((err = unpack_commit(io, out, room)))
			return err;
		if (result == UNPACK_END)
			return 0;
		if (!room && had == b.in_len)
			return unpack_broken(io, had ? "broken data" :
					     "data ends too early");
	}
}
