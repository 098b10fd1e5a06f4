/* Virtio block devices (drivers.h). */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_BLK_H
#define PVBOOT_HV_DRIVERS_VIRTIO_BLK_H

#include "pvboot/hv/drivers/drivers.h"

extern const struct pci_driver virtio_blk_driver;

#endif
