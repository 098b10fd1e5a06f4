/* Where the entries of the Boot Loader Specification are. */
#ifndef MENU_CONFIG_BLS_FIND_H
#define MENU_CONFIG_BLS_FIND_H

#include "menu/config/config.h"

#define BLS_FOUND 32u		/* files of a directory that count */

/*
 * Add to C's entries those in /loader/entries and /EFI/Linux of the file system
 * that has menu.lst, and of the EFI system partition.  ERR_NO_MEMORY, and C is
 * as it was.
 */
int bls_find(struct config *c, struct mounts *m);

#endif
