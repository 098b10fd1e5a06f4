/*
 * FIT images: kernel and ramdisk of the default configuration, as an entry that
 * names them.
 */
#ifndef LOADER_KERNEL_FIT_FIT_H
#define LOADER_KERNEL_FIT_FIT_H

#include "loader/kernel/kernel.h"

#define FIT_MAGIC_LE 0xedfe0dd0u	/* big-endian 0xd00dfeed */

/*
 * A kernel format's load() by KERNELS (NULL at the end), for what E's kernel
 * carries.  ERR_EXEC_FORMAT when that is nothing of theirs, is meant for other
 * machines or is not what its hashes say; ERR_FILE_LENGTH, ERR_NO_MEMORY,
 * ERR_READ.
 */
int fit_load(const struct kernel_format *const *kernels, struct boot_entry *e,
	     const struct memmap *map, struct arena *arena,
	     struct handover *ho);

/* The same as a kernel format's probe(): any flattened devicetree. */
bool fit_probe(struct span head);

#endif
