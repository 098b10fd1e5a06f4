/* IDE disks. */
#ifndef PVBOOT_HV_DRIVERS_IDE_H
#define PVBOOT_HV_DRIVERS_IDE_H

struct pci_dev;

/* Take P if it is one. */
void ide_found(const struct pci_dev *p);

#endif
