/* The files that a disk image names: whether they are whole. */
#ifndef TOOLS_HOST_DISK_IMAGE_OTHERS_H
#define TOOLS_HOST_DISK_IMAGE_OTHERS_H

/*
 * PATH, an image of FORMAT that QEMU has read by OPTIONS (--image-opts), and
 * what it names: backing files, and what these name, data files, extents.  -1
 * with an error reported that has the name of the one that is damaged or cut
 * short.
 */
int image_others_check(const char *path, const char *format,
		       const char *options);

#endif
