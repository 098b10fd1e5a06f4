/* What a method sees while it runs: input, output, memory. */
#ifndef LOADER_UNPACK_UNPACK_IO_H
#define LOADER_UNPACK_UNPACK_IO_H

#include "loader/unpack/unpack.h"

#define UNPACK_INPUT 0x100000	/* bytes read at a time: disks like it large */
#define UNPACK_CHUNK 0x20000	/* bytes given to the sink at a time */

struct unpack_io {
	const char *name;	/* for messages */
	struct file *file;
	uint64_t off, left;	/* input not yet read */
	struct unpack_sink *sink;
	struct arena *arena;
	uint8_t *in, *out;	/* made when needed */
	size_t in_size;
	uint8_t spill[16];	/* output beyond the bound lands here */
};

/* Input and output of one step; the step moves all four. */
struct unpack_buf {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
};

enum { UNPACK_MORE, UNPACK_END };

/*
 * Call STEP until it returns UNPACK_END or an error, with input and room for
 * output as long as there are any.  A step without progress ends it.
 */
int unpack_pump(struct unpack_io *io, void *ctx,
		int (*step)(struct unpack_io *io, void *ctx,
			    struct unpack_buf *b));

/* Exactly LEN bytes of input.  ERR_GZIP when there are fewer. */
int unpack_read(struct unpack_io *io, void *buf, size_t len);

/*
 * Room for one block of at most LEN bytes of output: in the sink's memory, or
 * in SPARE.  Fewer bytes than LEN only at the sink's bound.
 */
void unpack_room(struct unpack_io *io, uint8_t *spare, uint8_t **p,
		 size_t *len);
/* LEN bytes were written there. */
int unpack_commit(struct unpack_io *io, const uint8_t *p, size_t len);

/* N * SIZE bytes of the arena, not zeroed; NULL (recorded): it is too small. */
void *unpack_alloc(struct unpack_io *io, size_t n, size_t size);

/* "Error 3: ...: xz: WHAT at byte N" */
int unpack_broken(struct unpack_io *io, const char *what);
/* More output than the sink takes. */
int unpack_too_much(struct unpack_io *io);

#endif
