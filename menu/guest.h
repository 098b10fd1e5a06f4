/* Entries that become guests of our hypervisor. */
#ifndef MENU_GUEST_H
#define MENU_GUEST_H

#include "menu/run.h"

/*
 * R's entry by the settings: whether it is to be a PV guest, and hv.elf,
 * should it be needed.  *FORMATS are those that may start it.
 * ERR_EXEC_FORMAT: this path has no way to a PV guest.
 */
int guest_prepare(struct runner *r,
		  const struct kernel_format *const **formats);

#endif
