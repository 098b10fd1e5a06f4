/* Our programs on an EFI system partition that is in use. */
#ifndef TOOLS_INSTALL_ESP_H
#define TOOLS_INSTALL_ESP_H

#include "loader/disk/part.h"
#include "tools/image/recipe/recipe.h"
#include "tools/install/writes.h"

/*
 * Add to W what puts twinboot.efi and, if it is there, hv.efi on the partition
 * at OFF, SIZE bytes of the disk FD.  At each moment firmware finds the old
 * loader or the new one: new files come under names of their own, and the last
 * step that counts is BOOTX64.EFI's directory entry.  0; 1 and WHY when they
 * cannot be put there; -1 with an error reported.
 */
int esp_plan(struct writes *w, const struct recipe *r, int fd, uint64_t off,
	     uint64_t size, char why[160]);

#endif
