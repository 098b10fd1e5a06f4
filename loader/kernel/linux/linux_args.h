/*
 * The two arguments of a Linux kernel that its loader has to obey, and the one
 * that it may add.
 */
#ifndef LOADER_KERNEL_LINUX_LINUX_ARGS_H
#define LOADER_KERNEL_LINUX_LINUX_ARGS_H

#include <stdint.h>

#include "loader/kernel/kernel.h"

/*
 * vga=normal|ext|ask|NUMBER (the last one counts).  Leaves *MODE alone when
 * it is not there.  ERR_NUMBER.
 */
int linux_args_vga(const char *args, uint16_t *mode);

/*
 * mem=NUMBER[KMG]: the kernel will use no memory from there on.  UINT64_MAX
 * when it is not given, or is one of its other forms.
 */
uint64_t linux_args_mem(const char *args);

/*
 * E's kernel is a bzImage: what `uppermem' has said goes into its arguments,
 * and HO's, as mem=, unless they have one.  ERR_NO_MEMORY.
 */
int linux_args_limit(struct boot_entry *e, struct arena *arena,
		     struct handover *ho);

#endif
