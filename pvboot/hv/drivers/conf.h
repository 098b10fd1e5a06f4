/* The drivers for what is on PCI, in the order in which they are asked. */
#ifndef PVBOOT_HV_DRIVERS_CONF_H
#define PVBOOT_HV_DRIVERS_CONF_H

#include "pvboot/hv/drivers/drivers.h"

extern const struct pci_driver *const conf_drivers[];	/* NULL at its end */

#endif
