/* Which blocks of an image hold anything, for bmaptool. */
#ifndef TOOLS_IMAGE_DISK_BMAP_H
#define TOOLS_IMAGE_DISK_BMAP_H

#include <stdint.h>

/* bmap 2.0 of the raw image, malloc'd; NULL reported. */
char *bmap_make(int raw, uint64_t size);

#endif
