/*
 * Who drives which PCI function: the drivers that conf.c names.
 */
#ifndef PVBOOT_HV_DRIVERS_DRIVERS_H
#define PVBOOT_HV_DRIVERS_DRIVERS_H

#include <stddef.h>

#include "pvboot/hv/machine/pci.h"

struct pci_driver {
	const char *name;
	bool (*knows)(const struct pci_dev *p);
	/*
	 * Start it and register what it has.  false: it is not used, which the
	 * driver has said; then it may no longer be bus master.
	 */
	bool (*start)(const struct pci_dev *p);
};

/*
 * Find the machine's devices, in the order of buses, devices and functions.
 * Afterwards only those that a driver has taken can reach memory.
 */
void drivers_init(void);
/* After it: a virtio device in memory at BASE, with its interrupt on LINE. */
void drivers_add_mmio(uint64_t base, unsigned line);

#endif
