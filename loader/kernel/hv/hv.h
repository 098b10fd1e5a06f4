/* Which file can be the kernel of the hypervisor's guest. */
#ifndef LOADER_KERNEL_HV_HV_H
#define LOADER_KERNEL_HV_HV_H

#include "loader/base/span.h"
#include "loader/kernel/kernel.h"

/* As a kernel format's probe(): ELF64, or a bzImage, which may carry one. */
bool hv_probe(struct span head);

/*
 * Whether E is to be a guest and its kernel can be one.  ERR_EXEC_FORMAT;
 * ERR_NOTMINE: an ELF file without Xen's notes.
 */
int hv_check(struct boot_entry *e);

#endif
