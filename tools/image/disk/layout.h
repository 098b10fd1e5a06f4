/*
 * Where the parts of an image lie.  Partition numbers are those of Debian's
 * and Ubuntu's cloud images: root 1, BIOS boot 14, ESP 15 on GPT; root 1 on
 * MBR.  Others have 2 and up, and lie before the root, which may grow.
 * Everything begins at whole MiB.
 */
#ifndef TOOLS_IMAGE_DISK_LAYOUT_H
#define TOOLS_IMAGE_DISK_LAYOUT_H

#include <stdint.h>

#include "tools/image/recipe/recipe.h"

struct part_range {
	uint64_t offset, size;	/* bytes; size 0: there is none */
};

struct layout {
	uint64_t size;		/* of the image */
	struct part_range root, bios, esp, more[RECIPE_PARTS];
};

/* One partition, as it is unless R says something else of it. */
struct layout_entry {
	const struct part_range *range;
	unsigned number;
	const char *type, *name;
	const char *uuid;	/* NULL: an MBR's */
	bool active;		/* an MBR's */
};

struct fdisk_context;

/* Put X into the table at hand.  0 or -errno. */
int layout_add(struct fdisk_context *c, const struct recipe *r,
	       struct layout_entry x);

/* UUIDs as text: of the disk and of each partition. */
struct layout_ids {
	char disk[40], root[40], bios[40], esp[40], more[RECIPE_PARTS][40];
	uint32_t mbr;
};

/*
 * Plan for R with NEED bytes for the root file system.  -1 with an error
 * reported when R's size is too small.
 */
int layout_plan(struct layout *l, const struct recipe *r, uint64_t need);

/* The root partition's, when --partition says nothing. */
const char *layout_root_type(const struct recipe *r);

/* Write the partition table to FD, whose name is PATH. */
int layout_write(const struct layout *l, const struct recipe *r,
		 const struct layout_ids *ids, int fd, const char *path);

#endif
