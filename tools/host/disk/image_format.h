/* What kind of disk image a file is. */
#ifndef TOOLS_HOST_DISK_IMAGE_FORMAT_H
#define TOOLS_HOST_DISK_IMAGE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

/* QEMU's name for the format of FD; "raw" when it is no other. */
const char *image_format(int fd);

/* What FD is that is no disk, for people; NULL: it may be one. */
const char *image_format_other(int fd);

/* Whether FD, of FORMAT, can only be read with a key. */
bool image_format_encrypted(int fd, const char *format);

/*
 * Whether FD, of FORMAT, is read together with other files that it names.  WHY
 * then continues "an image that ...".
 */
bool image_format_names(int fd, const char *format, char why[160]);

/* The number in the BYTES at B, at most 8, of which BIG ones come first. */
uint64_t image_format_number(const uint8_t *b, unsigned bytes, bool big);

#endif
