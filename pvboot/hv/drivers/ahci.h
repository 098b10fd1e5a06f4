/* SATA disks behind an AHCI controller. */
#ifndef PVBOOT_HV_DRIVERS_AHCI_H
#define PVBOOT_HV_DRIVERS_AHCI_H

struct pci_dev;

/* Take P if it is one. */
void ahci_found(const struct pci_dev *p);

#endif
