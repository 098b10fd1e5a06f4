/* Other formats of a disk image, the same bytes for the same disk. */
#ifndef TOOLS_IMAGE_FORMATS_H
#define TOOLS_IMAGE_FORMATS_H

#include <stdbool.h>
#include <stdint.h>

enum image_format { FORMAT_RAW, FORMAT_QCOW2, FORMAT_VMDK, FORMAT_VHDX,
		    FORMAT_VPC };

/* "raw|qcow2|..." for messages, and the format by its name; -1: none. */
#define FORMAT_NAMES "raw|qcow2|vmdk|vhdx|vpc"
int formats_find(const char *name);
const char *formats_name(enum image_format f);

/*
 * RAW, a path, becomes TO, a path that is open as FD.  COMPRESS: qcow2 and vmdk
 * with their own compression.  What a format wants unique is made of ID.
 * 0, or -1 with an error reported.
 */
int formats_convert(enum image_format f, bool compress, const char *raw,
		    const char *to, int fd, const uint8_t id[32]);

#endif
