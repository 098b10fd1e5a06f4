/* Which of our boot programs an image carries, and whether they are whole. */
#ifndef TOOLS_HOST_DISK_BOOTCODE_H
#define TOOLS_HOST_DISK_BOOTCODE_H

#include "loader/disk/part.h"
#include "loader/platform.h"

enum carried {
	CARRIED_NOT,		/* nothing there for this path */
	CARRIED_OURS,		/* ours, and whole */
	CARRIED_FOREIGN,	/* somebody else's: we cannot tell */
	CARRIED_BROKEN,		/* ours, but; WHY says what */
};

/*
 * By the boot sector, and for _uefi by the ESP.  WHY: one line for people, or
 * "" for what is ours and whole.
 * IS_SIGNED (may be NULL): the loader has a signature, of whomever.
 * NO_SECOND: ours, but stage 2's second part is not whole, which only some
 * entries need; WHY says so.
 */
enum carried bootcode_bios(struct blk *disk, char why[128], bool *no_second);
enum carried bootcode_uefi(struct blk *disk, const struct part_list *parts,
			  char why[128], bool *is_signed);

/* hv.elf beside the disk's stage 2, as struct platform has it. */
int bootcode_open_hv(const struct platform *p, struct file *out);

#endif
