/*
 * What is on a disk, and what each boot path would do with it: the data model
 * of `twinboot inspect`.  docs/inspect.md lists its members.
 */
#ifndef TOOLS_HOST_DESCRIBE_H
#define TOOLS_HOST_DESCRIBE_H

#include <jansson.h>
#include <stdbool.h>

#include "tools/host/disk/image.h"

struct describe_asked {
	const char *paths;	/* with commas between; NULL: all there are */
	unsigned mem_mb;	/* of the machine that is supposed */
	bool verbose;		/* what the loader says, too */
};

/*
 * IMG as a new object.  BAD: a path that the disk carries, or that was asked
 * for by name, would fail.  NULL with an error reported when it is no disk.
 */
json_t *describe_image(const struct image *img, const struct describe_asked *o,
		       bool *bad);

/* Whether NAME is a boot path that can be described. */
const void *describe_path_find(const char *name);

#endif
