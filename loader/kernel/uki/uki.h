/*
 * Unified kernel images where there is no UEFI: the kernel, initrd and command
 * line that one carries, as an entry that names them.
 */
#ifndef LOADER_KERNEL_UKI_UKI_H
#define LOADER_KERNEL_UKI_UKI_H

#include "loader/kernel/kernel.h"

/*
 * A kernel format's load() by those of KERNELS, for what E's kernel carries.
 * ERR_EXEC_FORMAT when that is none of them; ERR_FILE_LENGTH, ERR_NO_MEMORY,
 * ERR_READ.
 */
int uki_load(const struct kernel_format *const *kernels, struct boot_entry *e,
	     const struct memmap *map, struct arena *arena,
	     struct handover *ho);

/* The same as a kernel format's probe(): any x86-64 PE file. */
bool uki_probe(struct span head);

#endif
