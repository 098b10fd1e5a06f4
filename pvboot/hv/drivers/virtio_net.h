/* Virtio network cards (drivers.h). */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_NET_H
#define PVBOOT_HV_DRIVERS_VIRTIO_NET_H

#include "pvboot/hv/drivers/drivers.h"

extern const struct pci_driver virtio_net_driver;

#endif
