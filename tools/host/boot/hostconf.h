/* The settings that loaders would find on a disk. */
#ifndef TOOLS_HOST_BOOT_HOSTCONF_H
#define TOOLS_HOST_BOOT_HOSTCONF_H

#include <stdint.h>

#include "loader/settings.h"

/* Of FD, a disk with sectors of SECTOR bytes, by the loader's own search. */
void hostconf_read(struct settings *s, int fd, uint32_t sector);

/*
 * The name by which a PV guest has all of the disk, into NAME: by S "xvda1" for
 * vbd=xvda1:hd0, and for a partition's xvda1 the disk's, "xvda".  False: S says
 * nothing of that disk.
 */
bool hostconf_vdev(const struct settings *s, char name[16]);

/*
 * What a PV guest has for the machine's one card, into CARD: by S its address
 * for vif=net0,mac=ADDRESS, "none" for vif=none.  False: S says nothing of it.
 */
bool hostconf_card(const struct settings *s, char card[18]);

#endif
