/*
 * A private copy of an image that may be changed.  It has no name in any
 * directory, so nothing is left of it however we end.
 */
#ifndef TOOLS_CHANGE_IMAGECOPY_H
#define TOOLS_CHANGE_IMAGECOPY_H

#include <stdint.h>

#include "tools/host/boot/hostboot.h"
#include "tools/host/disk/image.h"

struct imagecopy {
	const char *image;	/* whose copy it is */
	int fd;			/* children inherit it */
	char name[32];		/* "/proc/self/fd/7", for us and for them */
};

/*
 * Copy the disk in IMG, its holes too, into a file in TMPDIR.  0, or -1 with an
 * error reported.
 */
int imagecopy_make(struct imagecopy *c, const struct image *img);
void imagecopy_drop(struct imagecopy *c);

/*
 * Make the LEN bytes at DATA the content of the file AT, which exists.  It has
 * no holes then.  0, or -1 with an error reported: no room (and how much is
 * missing), a file system that is not clean.
 */
int imagecopy_replace(const struct imagecopy *c,
		      const struct hostboot_place *at, const void *data,
		      size_t len);

#endif
