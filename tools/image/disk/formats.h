/* Other formats of a disk image, the same bytes for the same disk. */
#ifndef TOOLS_IMAGE_DISK_FORMATS_H
#define TOOLS_IMAGE_DISK_FORMATS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/image/recipe/format_name.h"

/*
 * RAW, a path, becomes TO, a path that is open as FD, of an image that the user
 * calls NAME.  COMPRESS: qcow2 and vmdk with their own compression.  What a
 * format wants unique is made of ID.  0, or -1 with an error reported.
 */
int formats_convert(enum image_format f, bool compress, const char *name,
		    const char *raw, const char *to, int fd,
		    const uint8_t id[32]);

#endif
