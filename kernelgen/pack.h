/* Compression, as the kernel's build does it; the reverse of loader/unpack. */
#ifndef KERNELGEN_PACK_H
#define KERNELGEN_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * IN packed with METHOD (gzip, bzip2, lzma, xz, lz4, lz4-frame, zstd, lzo,
 * none), malloc'd; NULL with an error recorded.  Memory for TAIL more bytes is
 * there behind it.
 */
uint8_t *pack(const char *method, const void *in, size_t len, size_t tail,
	      size_t *out_len);

bool pack_knows(const char *method);

/* One packer: OUT has room for OUT_MAX bytes; the length, 0 on failure. */
typedef size_t pack_fn(const uint8_t *in, size_t len, uint8_t *out,
		       size_t out_max);
pack_fn pack_lzo;		/* a file of its own: see LZO in the Makefile */

#endif
