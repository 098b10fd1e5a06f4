/*
 * Files that may be gzip'd, as GRUB 0.97 has it: what `kernel` and `module`
 * name, but neither `modulenounzip` nor an initrd.
 */
#ifndef LOADER_KERNEL_PACKED_H
#define LOADER_KERNEL_PACKED_H

#include "loader/kernel/kernel.h"

/*
 * F, called PATH, of entry E: *OUT is F itself, or a file in memory where F is
 * gzip'd and the platform unpacks.  Its struct comes from ARENA; memory may
 * change in the platform's map.  ERR_GZIP, ERR_NO_MEMORY, ERR_READ.
 */
int packed_open(const struct boot_entry *e, const char *path, struct file *f,
		struct arena *arena, struct file **out);

/* The same for all modules of E but those of `modulenounzip`: OUT[0..n). */
int packed_modules(struct boot_entry *e, struct arena *arena,
		   struct file **out);

#endif
