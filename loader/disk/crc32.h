/*
 * CRC-32 as GPT uses it (ISO 3309, reflected 0xedb88320).  Ours because zlib's
 * and liblzma's tables are a tenth of what BIOS stage 2 may weigh.
 */
#ifndef LOADER_DISK_CRC32_H
#define LOADER_DISK_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Continue CRC (0 at first) over LEN bytes. */
uint32_t crc32_more(uint32_t crc, const void *data, size_t len);

#endif
