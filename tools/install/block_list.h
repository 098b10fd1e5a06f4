/* The BIOS stages of an ext file system without a partition table. */
#ifndef TOOLS_INSTALL_BLOCK_LIST_H
#define TOOLS_INSTALL_BLOCK_LIST_H

#include "tools/image/recipe/recipe.h"
#include "tools/install/writes.h"

/*
 * Add to W what makes /boot/twinboot/stage2.bin a new file on FD, SIZE bytes,
 * and then the boot block that has its blocks.  0; 1 and WHY when it cannot be
 * put there; -1 with an error reported.
 */
int block_list_plan(struct writes *w, const struct recipe *r, int fd,
		    uint64_t size, char why[160]);

#endif
