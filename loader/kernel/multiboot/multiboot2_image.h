/* An OS image of the Multiboot 2 kind, for EFI: its header and segments. */
#ifndef LOADER_KERNEL_MULTIBOOT_MULTIBOOT2_IMAGE_H
#define LOADER_KERNEL_MULTIBOOT_MULTIBOOT2_IMAGE_H

#include "loader/base/span.h"
#include "loader/fs/fs.h"
#include "loader/kernel/segment.h"

#define MULTIBOOT2_SEGMENTS 16

struct multiboot2_image {
	uint64_t entry;			/* as linked, like all addresses here */
	uint64_t start, end;
	bool relocatable;
	uint64_t min, max, align;	/* relocatable: where it may go */
	/* It wants a picture (0: of any size), or cannot do without. */
	bool picture, picture_required;
	uint32_t width, height, depth;
	bool boot_services;		/* it wants them left on */
	unsigned n;
	struct segment segment[MULTIBOOT2_SEGMENTS];
};

/* Does HEAD, the file's first 8 KiB, have a header? */
bool multiboot2_image_probe(struct span head);

/*
 * Read FILE's headers.  ERR_EXEC_FORMAT, ERR_MULTIBOOT (it demands what we do
 * not have), ERR_FILE_LENGTH, ERR_READ.
 */
int multiboot2_image_read(struct multiboot2_image *img, struct file *file);

#endif
