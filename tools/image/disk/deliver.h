/*
 * From a raw image to what was asked for: a format, packed or not, in a file or
 * on standard output.
 */
#ifndef TOOLS_IMAGE_DISK_DELIVER_H
#define TOOLS_IMAGE_DISK_DELIVER_H

#include "tools/image/recipe/recipe.h"
#include "tools/output.h"

struct deliver {
	const struct recipe *r;
	struct output out;	/* unless it goes to standard output */
	bool named;		/* OUT is open */
	bool direct;		/* ... and RAW is its file */
	int sink;		/* else: where the bytes go */
	int fd;			/* where the raw image is to be written */
	char *path;		/* a name of that */
	const char *dir;	/* where scratch files go, or NULL */
};

/* A name that ends so is packed: ".gz", ".zst", ".xz". */
bool deliver_is_packed(const char *name);

int deliver_begin(struct deliver *d, const struct recipe *r, const char *dir);
/* The same, but what would get the name goes to SINK, a file. */
int deliver_begin_to(struct deliver *d, const struct recipe *r,
		     const char *dir, int sink);
/* ID: what makes the image different from others. */
int deliver_end(struct deliver *d, const uint8_t id[32]);
void deliver_abort(struct deliver *d);

#endif
