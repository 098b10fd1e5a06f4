/* One line for each compression; the table is in unpack_methods.c. */
#ifndef LOADER_UNPACK_METHODS_H
#define LOADER_UNPACK_METHODS_H

#include "loader/unpack/unpack.h"

extern const struct unpack_method unpack_gzip;
extern const struct unpack_method unpack_xz;
extern const struct unpack_method unpack_lzma;
extern const struct unpack_method unpack_zstd;
extern const struct unpack_method unpack_lz4;
extern const struct unpack_method unpack_lz4_legacy;
extern const struct unpack_method unpack_bzip2;
extern const struct unpack_method unpack_lzo;

#endif
