/* What the domain builder gave us besides ourselves. */
#ifndef PVBOOT_GUEST_MODULES_H
#define PVBOOT_GUEST_MODULES_H

#include <stdbool.h>

#include "loader/platform.h"

/* A ramdisk that is the menu's text, as in PV-GRUB. */
bool modules_menu(struct file *text);

/*
 * A list of modules (SIF_MULTIBOOT_MOD): a kernel and its initrds, to be
 * started without asking anybody.
 */
bool modules_kernel(void);

/* Start it.  Comes back only with an error recorded. */
int modules_boot(struct platform *p);

#endif
