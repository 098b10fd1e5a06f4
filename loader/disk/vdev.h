/*
 * The names that a Xen guest's virtual disks may have (Xen's
 * docs/man/xen-vbd-interface.7).
 */
#ifndef LOADER_DISK_VDEV_H
#define LOADER_DISK_VDEV_H

/*
 * "xvda1", "sda", "hdb2" as xenstore's virtual-device number; 0 when NAME is
 * none of them.
 */
unsigned vdev_number(const char *name);

#endif
