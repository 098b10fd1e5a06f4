/*
 * lzo in lzop's file format, as Linux uses it; by liblzo2, which is GPL:
 * `make LZO=0` builds no_lzo/ instead of this file.
 */
#include <lzo/lzo1x.h>
#include <string.h>
#include <zlib.h>

#include "loader/base/err.h"
#include "loader/unpack/methods.h"
#include "loader/unpack/unpack_io.h"

#define BLOCK_MAX 0x40000	/* lzop never writes larger ones */

/* Header flags (lzop's own source names them F_...). */
#define ADLER32_D 0x1
#define ADLER32_C 0x2
#define EXTRA_FIELD 0x40
#define CRC32_D 0x100
#define CRC32_C 0x200
#define H_FILTER 0x800

static int read_be(struct unpack_io *io, unsigned bytes, uint32_t *v)
{
	uint8_t b[4];
	int err = unpack_read(io, b, bytes);

	*v = 0;
	for (unsigned i = 0; !err && i < bytes; i++)
		*v = *v << 8 | b[i];
	return err;
}

static int skip(struct unpack_io *io, uint32_t len)
{
	if (len > io->left)
		return unpack_broken(io, "data ends too early");
	io->off += len;
	io->left -= len;
	return 0;
}

/* The magic, then the fields in the order that lzop writes them. */
static int read_header(struct unpack_io *io, uint32_t *flags)
{
	uint32_t version, level_method, len;
	int err;

	if ((err = skip(io, 9)) || (err = read_be(io, 2, &version)) ||
	    (err = skip(io, version >= 0x940 ? 4 : 2)) ||
	    (err = read_be(io, 1, &level_method)) ||
	    (err = skip(io, version >= 0x940 ? 1 : 0)) ||
	    (err = read_be(io, 4, flags)) ||
	    (err = skip(io, *flags & H_FILTER ? 4 : 0)) ||
	    (err = skip(io, version >= 0x940 ? 12 : 8)) ||
	    (err = read_be(io, 1, &len)) || (err = skip(io, len)) ||
	    (err = skip(io, 4)))
		return err;
	if (*flags & (EXTRA_FIELD | H_FILTER))
		return unpack_broken(io, "unknown option");
	return level_method < 1 || level_method > 3 ?
		unpack_broken(io, "unknown method") : 0;
}

static int unpack_block(struct unpack_io *io, const uint8_t *in,
			uint32_t packed, uint8_t *out, uint32_t len)
{
	lzo_uint n = len;

	/* A block that would not shrink is stored. */
	if (packed == len) {
		memcpy(out, in, len);
		return 0;
	}
	if (lzo1x_decompress_safe(in, packed, out, &n, NULL) != LZO_E_OK ||
	    n != len)
		return unpack_broken(io, "broken data");
	return 0;
}

static unsigned count(uint32_t flags, uint32_t a, uint32_t b)
{
	return 4 * (!!(flags & a) + !!(flags & b));
}

/* The checksums of a block: of what it unpacks to (the first), of itself. */
static int read_sums(struct unpack_io *io, uint32_t flags, bool stored,
		     uint32_t *adler)
{
	unsigned others = stored ? 0 : count(flags, ADLER32_C, CRC32_C);
	int err = flags & ADLER32_D ? read_be(io, 4, adler) : 0;

	return err ? err : skip(io, others + (flags & CRC32_D ? 4 : 0));
}

static int run_block(struct unpack_io *io, uint32_t flags, uint8_t *in,
		     uint8_t *spare, uint32_t len)
{
	uint32_t packed, adler = 0;
	size_t room = len;
	uint8_t *out;
	int err = read_be(io, 4, &packed);

	if (err)
		return err;
	if (len > BLOCK_MAX || packed > len)
		return unpack_broken(io, "broken block length");
	unpack_room(io, spare, &out, &room);
	if (room < len)
		return unpack_too_much(io);
	if ((err = read_sums(io, flags, packed == len, &adler)) ||
	    (err = unpack_read(io, in, packed)) ||
	    (err = unpack_block(io, in, packed, out, len)))
		return err;
	if (flags & ADLER32_D && adler32(1, out, len) != adler)
		return unpack_broken(io, "wrong checksum");
	return unpack_commit(io, out, len);
}

static int run(struct unpack_io *io)
{
	uint8_t *in = unpack_alloc(io, 1, BLOCK_MAX);
	uint8_t *spare = unpack_alloc(io, 1, BLOCK_MAX);
	uint32_t flags, len;
	int err;

	if (!in || !spare)
		return ERR_NO_MEMORY;
	err = read_header(io, &flags);
	/* A block of no bytes is the end. */
	while (!err && !(err = read_be(io, 4, &len)) && len)
		err = run_block(io, flags, in, spare, len);
	return err;
}

const struct unpack_method unpack_lzo = {
	.name = "lzo",
	.magic = { 0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n' },
	.magic_len = 9,
	.run = run,
};
