/* Compression, as the kernel's build does it; the reverse of loader/unpack. */
#ifndef KERNELGEN_PACK_H
#define KERNELGEN_PACK_H

#include <stddef.h>
#include <stdint.h>

/*
 * IN packed with METHOD (gzip, bzip2, lzma, xz, lz4, lz4-frame, zstd, lzo,
 * none), malloc'd; NULL with an error recorded.  Memory for TAIL more bytes is
 * there behind it.
 */
uint8_t *pack(const char *method, const void *in, size_t len, size_t tail,
	      size_t *out_len);

#endif
