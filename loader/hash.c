/*
 * SHA-256 of a file, by libmd.  Only reached through struct platform: BIOS
 * stage 2 keeps it in its second part.
 */
#include "loader/hash.h"

#include <sha2.h>

#include "loader/base/err.h"

#define CHUNK 65536u

_Static_assert(HASH_SIZE == SHA256_DIGEST_LENGTH, "SHA-256");

int hash_file(const struct platform *p, struct file *f,
	      uint8_t digest[HASH_SIZE])
{
	size_t mark = arena_mark(p->arena);
	uint8_t *chunk = arena_alloc(p->arena, CHUNK);
	SHA2_CTX ctx;
	int err = 0;

	if (!chunk)
		return ERR_NO_MEMORY;
	SHA256Init(&ctx);
	for (uint64_t off = 0; !err && off < f->size; off += CHUNK) {
		size_t len = f->size - off < CHUNK ? f->size - off : CHUNK;

		err = fs_read(f, off, len, chunk);
		SHA256Update(&ctx, chunk, err ? 0 : len);
	}
	SHA256Final(digest, &ctx);
	arena_release(p->arena, mark);
	return err;
}
