/* The 16-bit entry of a Linux kernel. */
#ifndef LOADER_KERNEL_LINUX_LINUX_REAL_H
#define LOADER_KERNEL_LINUX_LINUX_REAL_H

#include "loader/kernel/linux/linux_place.h"

/* Take the block for setup code and command line out of M. */
int linux_real_place(const struct linux_image *img, const struct boot_entry *e,
		     struct memmap *m, struct linux_layout *at);

/* Describe it: a piece and the registers.  All of AT is known. */
int linux_real_setup(const struct linux_image *img, const struct boot_entry *e,
		     const struct linux_layout *at, struct arena *arena,
		     struct handover *ho);

#endif
