/* An OS image of the Multiboot 1 kind: its header and its segments. */
#ifndef LOADER_KERNEL_MULTIBOOT_MULTIBOOT_IMAGE_H
#define LOADER_KERNEL_MULTIBOOT_MULTIBOOT_IMAGE_H

#include "loader/abi/multiboot.h"
#include "loader/fs/fs.h"
#include "loader/kernel/segment.h"

#define MULTIBOOT_SEGMENTS 16

struct multiboot_image {
	uint32_t flags;
	uint64_t entry;			/* physical */
	/* With MULTIBOOT_VIDEO_MODE: what it wants, 0 is no wish. */
	uint32_t mode_type, width, height, depth;
	uint64_t start, end;		/* memory it takes, physical */
	unsigned n;
	struct segment segment[MULTIBOOT_SEGMENTS];
	/* An ELF file's section headers: at OFF in it, N of 40 bytes. */
	struct {
		uint32_t n, off, names;
	} sections;
};

/*
 * Read FILE's headers.  ERR_EXEC_FORMAT, ERR_MULTIBOOT (it demands what we do
 * not have), ERR_BELOW_1MB, ERR_FILE_LENGTH, ERR_READ.
 */
int multiboot_image_read(struct multiboot_image *img, struct file *file);

/* The segments of FILE, an ELF file without such a header; the same errors. */
int multiboot_image_elf(struct multiboot_image *img, struct file *file);

#endif
