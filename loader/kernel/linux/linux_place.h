/* Where a Linux kernel and what belongs to it go in memory. */
#ifndef LOADER_KERNEL_LINUX_LINUX_PLACE_H
#define LOADER_KERNEL_LINUX_LINUX_PLACE_H

#include "loader/kernel/kernel.h"
#include "loader/kernel/linux/linux_params.h"

/*
 * Each takes its place out of M, the memory still free, and writes it to AT.
 * ERR_NO_MEMORY says what did not fit.
 */
int linux_place_kernel(const struct linux_image *img, struct memmap *m,
		       struct linux_layout *at);
/* AT->low_size is given.  ALIGN: a power of two. */
int linux_place_low(const struct linux_image *img, struct memmap *m,
		    struct linux_layout *at, uint64_t align);
/* All of E's modules, each at a multiple of four, one after the other. */
int linux_place_initrd(const struct linux_image *img, struct memmap *m,
		       const struct boot_entry *e, struct linux_layout *at);

#endif
