/*
 * Opening a disk image, whatever it is packed in: the one way from a file's
 * name to the bytes of a disk, for every command.
 */
#ifndef TOOLS_HOST_DISK_IMAGE_H
#define TOOLS_HOST_DISK_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

struct image {
	const char *path;	/* as the user gave it */
	const char *format;	/* of the file: "raw", or QEMU's name for it */
	const char *packed;	/* "gzip" ...: it is compressed; or NULL */
	int fd;			/* the bytes of the disk, to be read */
	bool is_copy;		/* FD is a copy: the file has other bytes */
	bool is_device;		/* the file is a block device */
	char name[32];		/* "/proc/self/fd/7" of a copy, for children */
};

/*
 * Raw images, all that qemu-img reads, and each of them compressed.  What is
 * not raw is unpacked into a file without a name in TMPDIR, and so is standard
 * input, PATH "-".  A file that names
 * others to be read (backing and data files, extents, parents) is refused
 * unless BACKING.  0, or -1 with an error reported.
 */
int image_open(struct image *img, const char *path, bool backing);
void image_close(struct image *img);

/*
 * PATH for QEMU where it looks for other files beside that one: nothing of it
 * is a protocol then.  malloc'd.
 */
char *image_file_name(const char *path);

/*
 * The bytes of the file PATH as they are, to be read, standard input's in a
 * file without a name.  -1 with an error reported.
 */
int image_open_file(const char *path);

#endif
