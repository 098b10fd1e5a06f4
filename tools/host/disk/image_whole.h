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
 * By what QEMU says of SOURCE, an image of FORMAT: whether its tables are
 * damaged; WHY then continues "an image that is ...".  This and the others: 1
 * when it is so, -1 with an error reported, which begins with NAME, the file.
 */
int image_whole_tables(const char *format, const char *source, char why[600]);

/*
 * Whether FD lacks some of the disk that QEMU finds in it by SOURCE, one that
 * it has read before.
 */
int image_whole_map(const char *name, int fd, const char *source);

/* Either of image_whole_short() and image_whole_map(). */
int image_whole_check(const char *name, int fd, const char *format,
		      const char *source);

#endif
