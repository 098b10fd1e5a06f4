/* Whether the file of a disk image holds all that its tables speak of. */
#ifndef TOOLS_HOST_DISK_IMAGE_WHOLE_H
#define TOOLS_HOST_DISK_IMAGE_WHOLE_H

#include <stdbool.h>

/*
 * Whether clusters, or tables of them, end beyond the end of FD, which is of
 * FORMAT: of those formats whose clusters may be compressed.
 */
bool image_whole_short(int fd, const char *format);

/*
 * Whether FD holds all of the disk that QEMU finds by SOURCE, one that it has
 * read before.  1 when not, -1 with an error reported.
 */
int image_whole_check(int fd, const char *format, const char *source);

#endif
