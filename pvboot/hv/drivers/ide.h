/* IDE disks (drivers.h). */
#ifndef PVBOOT_HV_DRIVERS_IDE_H
#define PVBOOT_HV_DRIVERS_IDE_H

#include "pvboot/hv/drivers/drivers.h"

extern const struct pci_driver ide_driver;

#endif
