/* Messages instead of interrupt lines: MSI and MSI-X. */
#ifndef PVBOOT_HV_MACHINE_INTERRUPT_MSI_H
#define PVBOOT_HV_MACHINE_INTERRUPT_MSI_H

#include <stdint.h>

struct pci_dev;

enum msi { MSI_NONE, MSI_ONE, MSI_X };

/*
 * Have P send VECTOR to the processor with local APIC ID: its only message, or
 * entry 0 of its table.  MSI_NONE: it has neither that is usable.
 */
enum msi msi_enable(const struct pci_dev *p, unsigned vector, uint8_t id);

#endif
