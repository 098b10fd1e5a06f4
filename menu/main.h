/*
 * From a platform to a running kernel: what every boot path calls when it has
 * set itself up.
 */
#ifndef MENU_MAIN_H
#define MENU_MAIN_H

#include "loader/platform.h"

/*
 * Read the configuration (CONFIG as menu.lst writes file names; NULL: search
 * for it), show the menu if it is to be shown, start an entry.  Comes back
 * only on platforms whose halt() or reboot() do; then 0, or ERR_NO_MEMORY.
 */
int menu_main(struct platform *p, const char *config);

/* The same with the file TEXT as the menu: PV-GRUB's ramdisk. */
int menu_main_file(struct platform *p, struct file *text);

#endif
