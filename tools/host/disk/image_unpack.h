/* Disk images that are compressed as a whole: .gz, .xz, .zst and others. */
#ifndef TOOLS_HOST_DISK_IMAGE_UNPACK_H
#define TOOLS_HOST_DISK_IMAGE_UNPACK_H

#include "tools/host/disk/image.h"

/* What FD is compressed with, for people; NULL: it is not. */
const char *image_unpack_name(int fd);

/*
 * What is in IMG's file takes the place of the file.  It is unpacked once: a
 * bomb of several layers stays shut.  0, or -1 with an error reported.
 */
int image_unpack(struct image *img);

#endif
