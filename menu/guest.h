/* Entries that become guests of our hypervisor. */
#ifndef MENU_GUEST_H
#define MENU_GUEST_H

#include "loader/settings.h"
#include "menu/run.h"

/* What twinboot.conf says; what of it is not understood is told. */
void guest_settings(struct runner *r, struct settings *s);

/*
 * R's entry by S, which must stay: whether it is to be a PV guest, and hv.elf,
 * should it be needed.  *FORMATS are those that may start it.
 * ERR_EXEC_FORMAT: this path has no way to a PV guest.
 */
int guest_prepare(struct runner *r, const struct settings *s,
		  const struct kernel_format *const **formats);

#endif
