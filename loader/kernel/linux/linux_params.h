/* struct boot_params, the page that tells a Linux kernel about its machine. */
#ifndef LOADER_KERNEL_LINUX_LINUX_PARAMS_H
#define LOADER_KERNEL_LINUX_LINUX_PARAMS_H

#include "loader/base/arena.h"
#include "loader/kernel/linux/linux_image.h"
#include "loader/memmap.h"

/* Where things are, as linux_place() found. */
struct linux_layout {
	uint64_t kernel;
	uint64_t initrd, initrd_size;	/* 0 when there is none */
	uint64_t low, low_size;		/* stack, boot_params, cmdline, ... */
};

struct linux_params {
	struct boot_params *bp;
	struct setup_data *e820_ext;	/* NULL when not needed */
	uint32_t e820_ext_size;		/* bytes, with its header */
};

/* Make both from the machine's memory MAP.  ERR_NO_MEMORY. */
int linux_params_new(struct linux_params *p, const struct linux_image *img,
		     const struct memmap *map, struct arena *arena);

/* Fields of the setup header that every entry wants from its loader. */
void linux_params_header(struct setup_header *h, const struct linux_image *img,
			 const struct linux_layout *at, uint64_t cmdline);

#endif
