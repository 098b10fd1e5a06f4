/*
 * BIOS and UEFI, where size counts: zlib's CRC-32 by ours, which is there for
 * partition tables anyway.  zlib's has 12 KiB of code and tables.
 */
#define ZLIB_CONST
#include <zlib.h>

#include "loader/disk/crc32.h"

uLong crc32(uLong crc, const Bytef *data, uInt len)
{
	return crc32_more((uint32_t)crc, data, len);
}
