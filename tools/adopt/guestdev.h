/*
 * What a PV guest calls its disks: "xvda1" is partition 1 of the disk "xvda",
 * or, where a hypervisor exports it so, a disk without a table.
 */
#ifndef TOOLS_ADOPT_GUESTDEV_H
#define TOOLS_ADOPT_GUESTDEV_H

#include <stdbool.h>

struct guestdev {
	char disk[8];		/* "xvda" */
	unsigned part;		/* from 1; 0: the disk itself */
};

/*
 * DEVICE, "/dev/xvda1" or "xvda1".  False: none that a PV guest can have
 * (loader/disk/vdev.h).
 */
bool guestdev_read(struct guestdev *d, const char *device);

/* The value of the last root= of a kernel's command line into VALUE. */
bool guestdev_root(const char *cmdline, char value[80]);

#endif
