/* The files that a disk image names: whether they are whole. */
#ifndef TOOLS_HOST_DISK_IMAGE_OTHERS_H
#define TOOLS_HOST_DISK_IMAGE_OTHERS_H

#include <jansson.h>

/*
 * What QEMU tells of PATH, which it opens by OPTIONS (--image-opts), and of its
 * backing files, one after the other.  NULL with an error reported: one is not
 * there, or they are a loop.
 */
json_t *image_others_find(const char *path, const char *options);

/*
 * PATH, an image of FORMAT that QEMU has read as FILE, and what it names by
 * CHAIN, which is from image_others_find(): backing files, and what these name,
 * data files, extents.  -1 with an error reported that has the name of the one
 * that is damaged or cut short.
 */
int image_others_check(const char *path, const char *file, const char *format,
		       const json_t *chain);

#endif
