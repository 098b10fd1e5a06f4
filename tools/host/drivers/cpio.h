/*
 * Reading a cpio archive as Linux unpacks an initramfs (the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst), piece by piece:
 * nothing is held but one name and the start of one file.
 */
#ifndef TOOLS_HOST_DRIVERS_CPIO_H
#define TOOLS_HOST_DRIVERS_CPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPIO_HEADER 110		/* bytes */
#define CPIO_NAME 4096		/* Linux' PATH_MAX, with the NUL */
#define CPIO_CONTENT 65536	/* of a file that is wanted */

struct cpio {
	/* Set by the caller.  Whether a file's content is wanted, ... */
	bool (*wants)(void *ctx, const char *name);
	/* ... and then the first LEN bytes of it, when it is over. */
	void (*content)(void *ctx, const char *name, const char *data,
			size_t len);
	void *ctx;

	unsigned entries;	/* result: read so far */
	bool broken;		/* result: what came then is no archive */

	/* Its own. */
	enum { CPIO_GAP, CPIO_IN_HEADER, CPIO_IN_NAME, CPIO_IN_FILE } state;
	uint64_t at;		/* bytes from the archive's start */
	uint64_t left;		/* of what is read now, padding too */
	uint32_t file_size;
	bool wanted;
	size_t have;
	char header[CPIO_HEADER + 1], name[CPIO_NAME], data[CPIO_CONTENT];
};

/*
 * The next LEN bytes at DATA; how many of them belong to archives and the
 * zeroes behind each.  Fewer than LEN: what follows is something else, or C is
 * broken.
 */
size_t cpio_feed(struct cpio *c, const char *data, size_t len);

/* Whether all that came ended where an archive ends. */
bool cpio_ended(const struct cpio *c);

#endif
