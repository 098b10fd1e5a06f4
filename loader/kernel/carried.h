/* An initrd that lies in the file of the kernel itself. */
#ifndef LOADER_KERNEL_CARRIED_H
#define LOADER_KERNEL_CARRIED_H

#include "loader/kernel/kernel.h"

/* F in front of E's initrds.  ERR_NO_MEMORY: there are too many. */
int carried_initrd(struct boot_entry *e, const struct file *f);

#endif
