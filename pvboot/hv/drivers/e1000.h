/* Intel's gigabit cards (drivers.h). */
#ifndef PVBOOT_HV_DRIVERS_E1000_H
#define PVBOOT_HV_DRIVERS_E1000_H

#include "pvboot/hv/drivers/drivers.h"

extern const struct pci_driver e1000_driver;

#endif
