/*
 * Decompression: a stretch of a file is read in pieces and unpacked, either
 * into memory or through a callback.  The output is bounded, so that a bomb
 * stops; memory comes from an arena and goes back to it.
 */
#ifndef LOADER_UNPACK_UNPACK_H
#define LOADER_UNPACK_UNPACK_H

#include "loader/base/arena.h"
#include "loader/base/span.h"
#include "loader/fs/fs.h"

/*
 * Where the output goes.  With MEM, into MEM[0..max) and nowhere else: the
 * cheaper way, and the only one for zstd with windows too large for the arena.
 * Else piece by piece to WRITE, in order; it returns 0, or an error (recorded)
 * that stops the unpacking.  WRITE must leave the arena as it finds it.
 */
struct unpack_sink {
	const char *name;	/* for messages; NULL: the method's */
	uint64_t max;		/* bytes; more than that is an error */
	bool whole;		/* a file and not a part of one: see below */
	uint8_t *mem;
	int (*write)(void *ctx, const void *p, size_t len);
	void *ctx;
	uint64_t done;		/* result: bytes unpacked */
};

struct unpack_io;		/* unpack_io.h: between unpack.c and methods */

struct unpack_method {
	const char *name;	/* "gzip" */
	uint8_t magic[10], magic_len;
	int (*run)(struct unpack_io *io);
};

/* The method for data that starts with HEAD (10 bytes do), or NULL. */
const struct unpack_method *unpack_find(struct span head);

/*
 * Unpack LEN bytes at OFF of F.  What follows the packed stream is ignored; but
 * a whole gzip file may have several members (RFC 1952, 2.2) and zeroes behind
 * them, as zcat reads it, and nothing else.
 * ERR_GZIP (any method: broken or cut), ERR_NO_MEMORY (more than the sink's
 * max, or the arena is too small), ERR_READ, ERR_FILE_LENGTH.
 */
int unpack_run(const struct unpack_method *u, struct file *f, uint64_t off,
	       uint64_t len, struct arena *arena, struct unpack_sink *sink);

/*
 * The unpacked size as the last four bytes tell it: those of a bzImage's
 * payload, whatever the method, and of a gzip file with one member and nothing
 * behind it; of others it is less.  Modulo 4 GiB, and not to be trusted further
 * than as a hint.
 */
int unpack_size(struct file *f, uint64_t off, uint64_t len, uint64_t *size);

#define UNPACK_OTHER_SIZE 1	/* no error */

/*
 * F, called PATH and gzip'd, into MEM: exactly *SIZE bytes, with the right
 * checksums.  UNPACK_OTHER_SIZE: they are not what unpack_size() told, but now
 * in *SIZE, to try again with other memory.  Errors as of unpack_run().
 */
int unpack_gunzip(struct file *f, const char *path, struct arena *arena,
		  void *mem, uint64_t *size);

/* All methods, NULL at the end (unpack_methods.c). */
extern const struct unpack_method *const unpack_methods[];

#endif
