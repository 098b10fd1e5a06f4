/* Disks and CD-ROMs behind virtio-scsi (drivers.h). */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_SCSI_H
#define PVBOOT_HV_DRIVERS_VIRTIO_SCSI_H

#include "pvboot/hv/drivers/drivers.h"

extern const struct pci_driver virtio_scsi_driver;

#endif
