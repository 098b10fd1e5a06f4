/* The table of compressions, for who reads any of them. */
#include <string.h>

#include "loader/unpack/methods.h"

const struct unpack_method *const unpack_methods[] = {
	&unpack_gzip,
	&unpack_xz,
	&unpack_lzma,
	&unpack_zstd,
	&unpack_lz4,
	&unpack_lz4_legacy,
	&unpack_bzip2,
	&unpack_lzo,
	NULL
};

const struct unpack_method *unpack_find(struct span head)
{
	for (const struct unpack_method *const *u = unpack_methods; *u; u++) {
		const uint8_t *p = span_at(&head, 0, (*u)->magic_len);

		if (p && !memcmp(p, (*u)->magic, (*u)->magic_len))
			return *u;
	}
	return NULL;
}
