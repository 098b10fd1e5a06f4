/* The BIOS stages in an image that is in use. */
#ifndef TOOLS_INSTALL_BIOS_H
#define TOOLS_INSTALL_BIOS_H

#include "loader/disk/part.h"
#include "tools/image/recipe/recipe.h"
#include "tools/install/writes.h"

#define BIOS_SECTOR 512u

struct bios_plan {
	bool in_place;		/* the new code lies over the old */
	bool foreign;		/* the old boot code is somebody else's */
	bool hv;		/* with hv.elf */
};

/*
 * Add to W what puts mbr.bin, stage2.bin and hv.elf into the boot area of the
 * disk FD, whose table is PARTS: new code to sectors that the old does not use,
 * then sector 0, which names it.  Where both do not fit, it is P->in_place.
 * hv.elf stays away, with a note, when there was none and it has no room.
 * 0; 1 and WHY when there is no room; -1 with an error reported.
 */
int bios_plan(struct writes *w, const struct recipe *r, int fd,
	      struct blk *disk, const struct part_list *parts,
	      struct bios_plan *p, char why[160]);

#endif
