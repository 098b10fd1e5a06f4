/*
 * The second part of stage 2: what most boots do without.  Loaded to
 * SECOND_ADDR, it begins with this table, the one thing the first part may name.
 */
#ifndef MBR_BIOS_SECOND_H
#define MBR_BIOS_SECOND_H

#include "loader/unpack/unpack.h"

struct bios_second {
	__typeof__(unpack_size) *unpack_size;
	__typeof__(unpack_gunzip) *gunzip;
};

#endif
